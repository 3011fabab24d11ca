// Lets node import the pages' scripts, which name each other by their addresses on the service.
import { register } from "node:module";

const DOORS = new URL("../../healthcode/doors/", import.meta.url).href;

const hook = `
export async function resolve(specifier, context, next) {
  const page = /^\\/(portal|scanner|wall)\\/static\\/(.*)$/.exec(specifier);
  if (page) return next("${DOORS}" + page[1] + "/static/" + page[2], context);
  return next(specifier.startsWith("/static/") ? "${DOORS}" + specifier.slice(1) : specifier, context);
}`;

register(`data:text/javascript,${encodeURIComponent(hook)}`);
