/** Money as people read it. It is whole fen everywhere and is never reckoned in anything else. */

/** 123450 → "¥1,234.50"; what is taken off has its minus in front. */
export function yuan(fen) {
  const whole = Math.abs(fen);
  const rest = whole % 100;
  const digits = String((whole - rest) / 100).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${fen < 0 ? "−" : ""}¥${digits}.${String(rest).padStart(2, "0")}`;
}

/** The sum of one field of many rows. */
export function sum(rows, field) {
  return rows.reduce((total, row) => total + row[field], 0);
}
