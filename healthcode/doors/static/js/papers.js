/** Identity documents, as the API calls them and as people do. */
export const DOCUMENTS = [
  { value: "resident-id", words: { zh: "居民身份证", en: "Resident identity card" } },
  { value: "residence-permit", words: { zh: "港澳台居民居住证", en: "Residence permit (Hong Kong, Macao, Taiwan)" } },
  { value: "permanent-residence", words: { zh: "外国人永久居留身份证", en: "Permanent residence card" } },
  { value: "hk-macao-permit", words: { zh: "港澳居民来往内地通行证", en: "Hong Kong or Macao permit" } },
  { value: "taiwan-permit", words: { zh: "台湾居民来往大陆通行证", en: "Taiwan permit" } },
  { value: "passport", words: { zh: "护照", en: "Passport" } },
];

/** Kinds whose number has eighteen characters and holds date of birth and sex. */
export const EIGHTEEN = ["resident-id", "residence-permit", "permanent-residence"];
