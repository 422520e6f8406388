// Reads an exported site as its readers and their programs do: node check.mjs FOLDER BASE. Says what is wrong, one a line, and ends with 1 if anything is.
import fs from 'node:fs';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { HtmlValidate } from 'html-validate';
import jsonld from 'jsonld';
import { Cite } from '@citation-js/core';
import '@citation-js/plugin-bibtex';
import '@citation-js/plugin-csl';
import '@citation-js/plugin-ris';

const [root, base] = process.argv.slice(2);
const here = path.dirname(new URL(import.meta.url).pathname);
const faults = [];
const fault = (file, what) => faults.push(`${file}: ${what}`);

const files = fs
  .readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
  .map((entry) => path.relative(root, path.join(entry.parentPath ?? entry.path, entry.name)))
  .sort();
const there = new Set(files);
const text = (file) => fs.readFileSync(path.join(root, file), 'utf8');
const named = (ending) => files.filter((file) => file.endsWith(ending));

/** Whether a path of the site, decoded, is a file or a folder with a page. */
function stands(target) {
  const plain = target.replace(/^\//, '');
  return there.has(plain) || there.has(path.posix.join(plain, 'index.html'));
}

function unescaped(value) {
  return value.replace(/&quot;|&#34;/g, '"').replace(/&#39;/g, "'").replace(/&lt;|&#60;/g, '<').replace(/&gt;|&#62;/g, '>').replace(/&amp;|&#38;/g, '&');
}

function lookAt(file, address) {
  if (address === base || address.startsWith(`${base}/`)) {
    const target = decodeURIComponent(address.slice(base.length).split('#')[0]);
    if (!stands(target)) fault(file, `leads nowhere: ${address}`);
  } else if (!/^[a-z]+:/i.test(address)) {
    const [target, place] = address.split('#');
    const from = path.posix.dirname(file);
    const whole = target === '' ? file : path.posix.join(from, decodeURIComponent(target));
    if (whole.startsWith('..')) fault(file, `leaves the site: ${address}`);
    else if (!stands(whole)) fault(file, `leads nowhere: ${address}`);
    else if (place && target === '' && !text(file).includes(`id="${place}"`)) fault(file, `no such place: ${address}`);
  }
}

const validator = new HtmlValidate({
  extends: ['html-validate:recommended'],
  rules: {
    // Attributes and lines are as our templates write them.
    'long-title': 'off',
    'no-trailing-whitespace': 'off',
    'doctype-style': 'off',
    'void-style': 'off',
    'attribute-boolean-style': 'off',
    // A control that cannot be seen is marked by a span without quotes, so that the mark is harmless in an attribute too.
    'attr-quotes': 'off',
    // The page a reader is led on from.
    'meta-refresh': 'off',
    'tel-non-breaking': 'off',
    'no-inline-style': 'error',
  },
});

let pages = 0;
for (const file of named('.html')) {
  const html = text(file);
  pages += 1;
  const report = await validator.validateString(html, file);
  for (const result of report.results) {
    for (const message of result.messages) fault(file, `${message.ruleId}: ${message.message} (line ${message.line})`);
  }
  for (const [, address] of html.matchAll(/\s(?:href|src)="([^"]*)"/g)) lookAt(file, unescaped(address));
  for (const [, content] of html.matchAll(/<script type="application\/ld\+json">(.*?)<\/script>/gs)) {
    const beside = path.posix.join(path.posix.dirname(file), 'index.jsonld');
    if (JSON.stringify(JSON.parse(content)) !== JSON.stringify(JSON.parse(text(beside)))) fault(file, 'its linked data is not the file beside it');
  }
}

for (const file of [...named('.atom'), ...files.filter((file) => /^sitemap.*\.xml$/.test(file))]) {
  const schema = file.endsWith('.atom') ? ['--relaxng', path.join(here, 'atom.rng')] : ['--schema', path.join(here, 'sitemap.xsd')];
  try {
    execFileSync('xmllint', ['--noout', '--nonet', ...schema, path.join(root, file)], { stdio: 'pipe' });
  } catch (error) {
    fault(file, String(error.stderr));
  }
  for (const [, address] of text(file).matchAll(/(?:href="|<loc>)([^"<]*)/g)) lookAt(file, unescaped(address));
}
for (const file of ['llms.txt', ...named('.html.md')]) {
  for (const [, marked, plain] of text(file).matchAll(/[^\\]\]\((?:<([^<>\s]*)>|([^<)\s][^)\s]*)?)\)/g)) lookAt(file, marked ?? plain ?? '');
}
for (const file of named('.json')) JSON.parse(text(file));

const SCHEMA = 'https://schema.org/';
const SKOS = 'http://www.w3.org/2004/02/skos/core#';
const PROV = 'http://www.w3.org/ns/prov#';
const never = () => {
  throw new Error('a document of linked data asks for another one');
};

for (const file of named('index.jsonld')) {
  const folder = path.posix.dirname(file);
  const plain = JSON.parse(text(path.posix.join(folder, 'index.json')));
  const expanded = await jsonld.expand(JSON.parse(text(file)), { documentLoader: never });
  const node = (id) => expanded.find((one) => one['@id'] === id);
  const page = expanded.find((one) => one['@type']?.includes(`${SCHEMA}WebPage`));
  const subject = node(plain.identity);
  const value = (one, term) => one?.[term]?.[0]?.['@value'];
  if (value(subject, `${SCHEMA}name`) !== plain.title) fault(file, 'the subject has another name');
  if (subject?.[`${SCHEMA}name`]?.[0]['@language'] !== plain.language) fault(file, 'the name is in another language');
  if (value(page, `${SCHEMA}version`) !== plain.version) fault(file, 'the page has another version');
  if (page?.[`${SCHEMA}mainEntity`]?.[0]['@id'] !== plain.identity) fault(file, 'the page is about something else');
  if (subject?.['@type'].includes(`${SKOS}Concept`)) {
    if (value(subject, `${SKOS}prefLabel`) !== plain.title) fault(file, 'the concept has another label');
    if (plain.fields.definition && !value(subject, `${SKOS}definition`)) fault(file, 'the concept lost its definition');
  }
  const version = node(plain.version_url);
  if (!version?.['@type'].includes(`${PROV}Entity`)) fault(file, 'its version is no entity');
  if (version?.[`${PROV}specializationOf`]?.[0]['@id'] !== plain.identity) fault(file, 'its version is of something else');
  if (!version?.[`${PROV}generatedAtTime`]) fault(file, 'nobody knows when its version was made');
  for (const relation of plain.relations) {
    const related = Object.values(subject ?? {}).flat().some((one) => one?.['@id']?.startsWith(`${base}/id/`));
    if (!related) fault(file, `the relation ${relation.predicate} is lost`);
  }
  const nquads = await jsonld.toRDF(JSON.parse(text(file)), { format: 'application/n-quads', documentLoader: never });
  if (!nquads.includes(`<${plain.identity}>`)) fault(file, 'no triple is about the subject');
}
await jsonld.expand(JSON.parse(text('graph.jsonld')), { documentLoader: never });

const squeezed = (value) => String(value ?? '').replace(/[{}\\\p{Cf}]/gu, '').replace(/\s+/g, ' ').trim();
for (const file of named('index.csl.json')) {
  const folder = path.posix.dirname(file);
  const plain = JSON.parse(text(path.posix.join(folder, 'index.json')));
  for (const [form, type] of [['index.csl.json', '@csl/object'], ['index.bib', '@bibtex/text'], ['index.ris', '@ris/file']]) {
    const name = path.posix.join(folder, form);
    let read;
    try {
      const options = form === 'index.csl.json' ? {} : { forceType: type };
      const given = form === 'index.csl.json' ? JSON.parse(text(name)) : text(name);
      read = new Cite(given, options).data;
    } catch (error) {
      fault(name, `does not read: ${error.message}`);
      continue;
    }
    if (read.length !== 1) fault(name, `holds ${read.length} citations`);
    if (squeezed(read[0].title) !== squeezed(plain.title)) fault(name, `has the title ${read[0].title}`);
    if (read[0].URL !== plain.version_url) fault(name, `has the address ${read[0].URL}`);
    const [[year]] = read[0].issued['date-parts'];
    const edition = plain.versions?.find((one) => one.version === plain.version)?.published ?? plain.published;
    if (plain.versions && String(year) !== edition.slice(0, 4)) fault(name, `has the year ${year}`);
  }
  if (folder.includes('/v/')) continue;
  const said = new Cite(JSON.parse(text(file))).format('bibliography', { template: 'apa' });
  if (!squeezed(said).includes(squeezed(plain.title).slice(0, 12))) fault(file, `is set without its title: ${said}`);
}

for (const line of faults) console.log(line);
console.log(`${files.length} files, ${pages} pages, ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
