// The filters of the board and the timeline. Without this script they are hidden, and a page shows everything.
const box = document.querySelector('.filters');
const fields = [...box.querySelectorAll('select, input')];
const items = [...document.querySelectorAll('[data-item]')];
const groups = [...document.querySelectorAll('[data-group]')];
const said = box.querySelector('[role="status"]');

const fits = (item, { name, value }) =>
  name === 'text' ? item.textContent.toLowerCase().includes(value.trim().toLowerCase()) : item.dataset[name].split(' ').includes(value);

const show = () => {
  const given = fields.filter((field) => field.value.trim());
  for (const item of items) item.hidden = !given.every((field) => fits(item, field));
  for (const group of groups) {
    group.hidden = !group.querySelector('[data-item]:not([hidden])');
    if (given.length) group.open = true;
  }
  said.textContent = given.length ? `${items.filter((item) => !item.hidden).length} of ${items.length} shown.` : '';
};

// A link such as index.html#state=at_risk opens the page with its filter set.
const asked = new URLSearchParams(location.hash.slice(1));
for (const field of fields) field.value = asked.get(field.name) ?? '';
for (const field of fields) field.addEventListener('input', show);
box.hidden = false;
show();
