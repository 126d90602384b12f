// Renders templates by the real Handlebars, Mustache and Liquid of the npm registry. Reads jobs as JSON, writes results.
const { createRequire } = require("module");
const load = createRequire(process.argv[2] + "/");
const jobs = JSON.parse(require("fs").readFileSync(0, "utf8"));

function render({ engine, template, values }) {
  if (engine === "handlebars") return load("handlebars").create().compile(template)(values);
  if (engine === "mustache") return load("mustache").render(template, values);
  const { Liquid } = load("liquidjs");
  const liquid = new Liquid();
  for (const [name, value] of Object.entries(values.tags || {})) {
    liquid.registerTag(name, { parse() {}, render: () => value });
  }
  return liquid.parseAndRenderSync(template, values);
}

process.stdout.write(JSON.stringify(jobs.map(render)));
