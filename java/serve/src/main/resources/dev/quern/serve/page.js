"use strict";
const at = (id) => document.getElementById(id);

// The token stays in the page: a reload asks for it again.
function ask(path, options = {}) {
  const token = at("token").value;
  return fetch(path, { ...options, headers: token ? { Authorization: `Bearer ${token}` } : {} });
}

async function models() {
  const answer = await ask("/v2/models");
  const all = await answer.json();
  at("login").hidden = answer.status !== 401;
  at("metrics").hidden = answer.status === 401 || at("token").value !== ""; // a link shows no token
  at("status").textContent = answer.ok ? "" : all.error;
  at("model").replaceChildren();
  for (const model of all.models ?? []) {
    const option = document.createElement("option");
    option.value = model.name;
    option.textContent = model.name;
    option.dataset.facts = `version ${model.version}, ${model.task}`;
    at("model").append(option);
  }
  facts();
}

function facts() {
  const chosen = at("model").selectedOptions[0];
  at("facts").textContent = chosen ? chosen.dataset.facts : "no models";
}

async function predict(file) {
  at("picture").src = URL.createObjectURL(file);
  at("picture").hidden = false;
  at("status").textContent = "...";
  const begin = performance.now();
  const path = `/v1/models/${encodeURIComponent(at("model").value)}:predict`;
  const answer = await ask(path, { method: "POST", body: file });
  const said = await answer.json();
  const millis = (performance.now() - begin).toFixed(1);
  at("status").textContent = answer.ok ? `predicted in ${millis} ms` : said.error;
  show(answer.ok ? said : {});
}

// Labels of the first output become a table, all else is shown as it came.
function show(said) {
  const outputs = Object.values(said.outputs ?? {});
  const predictions = outputs.length > 0 ? outputs[0].predictions : undefined;
  const rows = at("answer").tBodies[0];
  rows.replaceChildren();
  for (const p of predictions ?? []) {
    const row = rows.insertRow();
    row.insertCell().textContent = p.label;
    row.insertCell().textContent = p.probability.toFixed(4);
    const bar = row.insertCell();
    bar.className = "bar";
    bar.append(document.createElement("div"));
    bar.firstChild.style.width = `${100 * p.probability}%`;
  }
  at("answer").hidden = !predictions;
  at("json").textContent = JSON.stringify(said, null, 2);
  at("json").hidden = Boolean(predictions) || Object.keys(said).length === 0;
}

// An image of few pixels is enlarged.
at("picture").addEventListener("load", () => at("picture").classList.toggle("small", at("picture").naturalHeight < 160));
at("token").addEventListener("change", models);
at("model").addEventListener("change", facts);
at("file").addEventListener("change", () => at("file").files.length > 0 && predict(at("file").files[0]));
at("drop").addEventListener("dragover", (e) => { e.preventDefault(); at("drop").classList.add("over"); });
at("drop").addEventListener("dragleave", () => at("drop").classList.remove("over"));
at("drop").addEventListener("drop", (e) => {
  e.preventDefault();
  at("drop").classList.remove("over");
  if (e.dataTransfer.files.length > 0) predict(e.dataTransfer.files[0]);
});
models();
