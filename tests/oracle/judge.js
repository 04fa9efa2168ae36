// Prints each statement of a corpus on which the npm package xapi-validation disagrees with us.
// Usage, in a folder where `npm install xapi-validation` was run: node judge.js corpus.ndjson
const { readFileSync } = require("fs");
const { createRequire } = require("module");
const validate = createRequire(process.cwd() + "/")("xapi-validation").default;

const lines = readFileSync(process.argv[2], "utf8").trim().split("\n");
let differing = 0;
for (const line of lines) {
  const { name, ours, statement } = JSON.parse(line);
  const theirs = validate(statement).map(
    (warning) => `${(warning.path || []).join("/")} ${warning.constructor.name}`
  );
  if (ours.length > 0 !== theirs.length > 0) {
    differing += 1;
    console.log(JSON.stringify({ name, ours, theirs }));
  }
}
console.error(`${lines.length} statements, ${differing} differences`);
