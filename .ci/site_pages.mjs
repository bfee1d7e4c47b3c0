// node site_pages.mjs TOOLS FOLDER ADDRESS: every page below FOLDER, as it is served at ADDRESS, in Debian's Chromium.
//
// First pass, scripts off as for a reader: each page answers with 200, no request fails and none leaves the site, the console stays empty
// (violations of the Content-Security-Policy show there), and nothing scrolls sideways, in light and dark, at each width. Then the links
// of all pages: those within the site lead to a file and an anchor that are there, those out of it are http(s) with rel.
// Second pass, scripts allowed for axe alone, on pages of every kind: no violation. Ends with 1 after listing what is wrong.
import { createRequire } from 'module';
import fs from 'fs';
import path from 'path';
import { pathToFileURL } from 'url';

const [tools, folder, address] = process.argv.slice(2);
const here = createRequire(path.resolve(tools, 'x.js'));
const puppeteer = (await import(pathToFileURL(here.resolve('puppeteer-core')))).default;
const axe = fs.readFileSync(here.resolve('axe-core/axe.min.js'), 'utf8');
const SCHEMES = ['light', 'dark'];
const WIDTHS = [375, 700, 1280];
const TABS = 2; // as many as a small machine has processors
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const began = Date.now();
const faults = new Map(); // what is wrong -> the pages where it is
const fault = (page, text) => faults.set(text, new Set([...(faults.get(text) ?? []), page]));

const files = [];
for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
  const place = path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name));
  if (!entry.isDirectory() && !entry.name.startsWith('.')) files.push(place.split(path.sep).join('/'));
}
const known = new Set(files);
const pages = files.filter((file) => file.endsWith('.html')).sort();
if (!pages.length) throw new Error(`${folder} holds no page`);

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update',
    '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
});

/** Do `work` for each of `items`, in a few tabs of their own. */
async function spread(items, work) {
  const waiting = [...items];
  await Promise.all(Array.from({ length: TABS }, async () => {
    const tab = await browser.newPage();
    for (let item; (item = waiting.shift()) !== undefined;) await work(tab, item);
    await tab.close();
  }));
}

/** Whether a page is as wide as its window, and which elements reach out of it. */
const measured = () => {
  const width = document.documentElement.clientWidth;
  const wide = document.documentElement.scrollWidth > window.innerWidth;
  const out = wide ? [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > width + 1) : [];
  return { wide, out: out.slice(0, 3).map((e) => `${e.tagName.toLowerCase()}.${e.className}`) };
};

// ---------------------------------------------------------------- as a reader sees them

const found = new Map(); // page -> {links, ids}
let views = 0;
await spread(pages, async (tab, file) => {
  await tab.setJavaScriptEnabled(false);
  const said = [];
  const onConsole = (message) => said.push(`console: ${message.text()}`);
  const onError = (error) => said.push(`error: ${error.message}`);
  const onFailed = (request) => said.push(`request failed: ${request.url()}`);
  const onAnswer = (answer) => {
    if (answer.status() !== 200 && answer.status() !== 304) said.push(`${answer.status()}: ${answer.url()}`);
    if (!answer.url().startsWith(address) && !answer.url().startsWith('data:')) said.push(`a request left the site: ${answer.url()}`);
  };
  tab.on('console', onConsole).on('pageerror', onError).on('requestfailed', onFailed).on('response', onAnswer);
  await tab.setViewport({ width: WIDTHS[0], height: 900 });
  await tab.goto(address + file, { waitUntil: 'load' });
  for (const scheme of SCHEMES) {
    await tab.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    for (const width of WIDTHS) {
      await tab.setViewport({ width, height: 900 });
      views += 1;
      const { wide, out } = await tab.evaluate(measured);
      if (wide) fault(file, `scrolls sideways at ${width} px, ${scheme}: ${out.join(', ')}`);
    }
  }
  found.set(file, await tab.evaluate(() => ({
    links: [...document.querySelectorAll('a[href], link[href], img[src]')].map((e) => ({
      to: e.getAttribute('href') ?? e.getAttribute('src'), rel: e.getAttribute('rel') ?? '', tag: e.tagName,
    })),
    ids: [...document.querySelectorAll('[id]')].map((e) => e.id),
  })));
  tab.off('console', onConsole).off('pageerror', onError).off('requestfailed', onFailed).off('response', onAnswer);
  for (const text of new Set(said)) fault(file, text);
});

// ---------------------------------------------------------------- links

let inner = 0, outer = 0;
const root = new URL(address);
for (const [file, { links, ids }] of found) {
  if (new Set(ids).size !== ids.length) fault(file, 'an id stands twice');
  for (const { to, rel, tag } of links) {
    if (to.startsWith('data:')) continue;
    const url = new URL(to, address + file);
    if (url.origin !== root.origin) {
      outer += 1;
      if (url.protocol === 'mailto:') continue;
      if (!['http:', 'https:'].includes(url.protocol)) fault(file, `a link to ${to.slice(0, 100)}`);
      else if (tag === 'A' && !(rel.includes('noreferrer') && rel.includes('noopener'))) fault(file, `no rel on ${to}`);
      continue;
    }
    inner += 1;
    const target = decodeURIComponent(url.pathname.slice(root.pathname.length)) || 'index.html';
    const anchor = decodeURIComponent(url.hash.slice(1));
    if (!known.has(target)) fault(file, `a link to nothing: ${target}`);
    else if (anchor && !found.get(target)?.ids.includes(anchor)) fault(file, `a link to no place: ${target}#${anchor}`);
  }
}

// ---------------------------------------------------------------- axe

const kind = (file) => file.replace(/^c\/[^/]+\//, 'c/*/').replace(/^c\/[^/]+\.html/, 'c/*.html').replace(/^digests\/[^/]+\//, 'digests/*/')
  .replace(/\/[^/]*\.html$/, '/*.html');
const size = (file) => fs.statSync(path.join(folder, file)).size;
const longest = new Map(); // of each kind the longest page
for (const file of pages) {
  const key = file.includes('/') && !file.startsWith('digests/index') ? kind(file) : file;
  if (!longest.has(key) || size(file) > size(longest.get(key))) longest.set(key, file);
}
let looked = 0;
await spread([...longest.values()], async (tab, file) => {
  await tab.setBypassCSP(true);
  for (const scheme of SCHEMES) {
    await tab.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    for (const width of [375, 1280]) {
      await tab.setViewport({ width, height: 900 });
      await tab.goto(address + file, { waitUntil: 'load' });
      await tab.evaluate(axe);
      const tags = TAGS;
      const { violations } = await tab.evaluate((only) => globalThis.axe.run(document, { runOnly: only, resultTypes: ['violations'] }), tags);
      looked += 1;
      for (const v of violations) {
        const where = v.nodes.slice(0, 3).map((n) => `${n.target} ${(n.any[0]?.message ?? '').slice(0, 120)}`).join(' | ');
        fault(file, `axe ${v.id} (${scheme}, ${width} px): ${v.help}: ${where}`);
      }
    }
  }
});

// ---------------------------------------------------------------- on paper

const paper = await browser.newPage();
await paper.setJavaScriptEnabled(false);
await paper.emulateMediaType('print');
const printed = [...longest.values()];
for (const file of printed) {
  await paper.goto(address + file, { waitUntil: 'load' });
  const { shut, navigation } = await paper.evaluate(() => ({
    shut: [...document.querySelectorAll('details > :not(summary)')].filter((e) => !e.getBoundingClientRect().height).length,
    navigation: getComputedStyle(document.querySelector('.site-nav')).display !== 'none'
      && document.querySelector('.site-nav').getBoundingClientRect().height > 0,
  }));
  if (shut) fault(file, `${shut} details stay shut on paper`);
  if (navigation) fault(file, 'the navigation is printed');
}
await paper.close();

// ---------------------------------------------------------------- from a disk, without a server

const disk = await browser.newPage();
await disk.setJavaScriptEnabled(false);
await disk.goto(pathToFileURL(path.resolve(folder, 'index.html')).href, { waitUntil: 'load' });
const drawn = await disk.evaluate(() => getComputedStyle(document.querySelector('.site-nav')).display);
if (drawn !== 'flex') fault('index.html', 'opened from a disk, it has no style');
await disk.setJavaScriptEnabled(true);
for (const place of [address, pathToFileURL(path.resolve(folder)).href + '/']) { // the script of the filters runs in both
  await disk.goto(`${place}index.html#state=trouble`, { waitUntil: 'load' });
  const wrong = await disk.evaluate(() => [...document.querySelectorAll('[data-item]')]
    .filter((row) => row.hidden === row.dataset.state.split(' ').includes('trouble')).length);
  if (wrong) fault('index.html', `the filter is wrong on ${wrong} rows at ${place}`);
}
await browser.close();

const all = [...faults];
for (const [text, [first, ...more]] of all.slice(0, 60)) console.log(`${first}${more.length ? ` and ${more.length} more` : ''}: ${text}`);
if (all.length > 60) console.log(`and ${all.length - 60} more`);
const seconds = Math.round((Date.now() - began) / 1000);
console.log(`${pages.length} pages in ${views} views, ${inner} links within and ${outer} out of the site, axe on ${looked} views `
  + `of ${longest.size} pages: ${all.length ? `${all.length} faults` : 'no fault'} (${seconds} s)`);
process.exit(all.length ? 1 : 0);
