// Suggests occupations and skills while a person types: the WAI-ARIA combobox with a list and manual selection.
// Every form works without this file; nothing here chooses for anybody.

const WAIT = 180;
const SHORTEST = 2;
let lists = 0;

const spoken = (input, name, values = {}) =>
  Object.entries(values).reduce(
    (text, [key, value]) => text.replace(`{${key}}`, value),
    input.getAttribute(`data-i18n-${name}`) ?? "",
  );

const part = (tag, className, text) => {
  const made = document.createElement(tag);
  made.className = className;
  if (text) made.textContent = text;
  return made;
};

class Combobox {
  constructor(input) {
    this.input = input;
    this.group = input.closest(".govuk-form-group");
    this.find = this.group.querySelector("button[name=find]");
    this.found = [];
    this.active = -1;
    lists += 1;
    this.list = part("ul", "app-combobox__list");
    this.list.id = `suggestions-${lists}`;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", spoken(input, "list"));
    this.list.hidden = true;
    this.status = part("div", "govuk-visually-hidden");
    this.status.setAttribute("role", "status");
    input.after(this.list, this.status);
    const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id };
    for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
    input.addEventListener("input", () => this.typed());
    input.addEventListener("keydown", (event) => this.pressed(event));
    input.addEventListener("blur", () => this.close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose([...this.list.children].indexOf(option));
    });
  }

  typed() {
    clearTimeout(this.timer);
    this.asking?.abort();
    const words = this.input.value.trim();
    if (words.length < SHORTEST) return this.close();
    this.timer = setTimeout(() => this.ask(words), WAIT);
  }

  async ask(words) {
    this.asking = new AbortController();
    const address = new URL(this.input.dataset.concepts, window.location.href);
    address.searchParams.set("q", words);
    try {
      const answer = await fetch(address, { signal: this.asking.signal, headers: { Accept: "application/json" } });
      if (answer.status === 503) return this.late((await answer.json()).title);
      if (!answer.ok) return this.close();
      this.show((await answer.json()).suggestions);
    } catch {
      this.close(); // aborted, or offline: typing and sending the form still work
    }
  }

  // The search is not ready yet: said for everybody to see, while what was typed stays.
  late(title) {
    this.close();
    this.status.className = "govuk-hint";
    this.status.textContent = title;
  }

  show(found) {
    this.status.className = "govuk-visually-hidden";
    this.found = found;
    this.active = -1;
    this.list.replaceChildren(...found.map((each, number) => this.option(each, number)));
    this.open(found.length > 0);
    this.status.textContent = found.length ? spoken(this.input, "some", { count: found.length }) : spoken(this.input, "none");
  }

  option(each, number) {
    const option = part("li", "app-combobox__option");
    option.id = `${this.list.id}-${number}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    const also = each.matched ? spoken(this.input, "also", { name: each.matched }) : "";
    const more = [each.group, also, each.confidence].filter(Boolean).join(" · ");
    option.append(part("span", "app-combobox__title", each.title), " ", part("span", "app-combobox__more", more));
    return option;
  }

  open(yes) {
    this.list.hidden = !yes;
    this.input.setAttribute("aria-expanded", String(yes));
    if (!yes) this.input.removeAttribute("aria-activedescendant");
  }

  close() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.active = -1;
    this.open(false);
  }

  move(step) {
    const options = [...this.list.children];
    if (!options.length) return;
    this.open(true);
    this.active = (this.active + step + options.length + (this.active < 0 && step < 0 ? 1 : 0)) % options.length;
    options.forEach((option, number) => option.setAttribute("aria-selected", String(number === this.active)));
    this.input.setAttribute("aria-activedescendant", options[this.active].id);
    options[this.active].scrollIntoView({ block: "nearest" });
  }

  pressed(event) {
    const isOpen = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && isOpen && this.active >= 0) {
      event.preventDefault();
      this.choose(this.active);
    } else if (event.key === "Enter" && this.find) {
      event.preventDefault();
      this.find.click();
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      this.close();
    }
  }

  choose(number) {
    const chosen = this.found[number];
    this.input.value = chosen.title;
    if (this.input.dataset.keeps) this.keep(chosen);
    this.close();
    this.status.textContent = spoken(this.input, "chosen", { title: chosen.title });
  }

  // Fills the hidden fields that say what was chosen, and for which words.
  keep(chosen) {
    const id = this.input.dataset.keeps;
    document.getElementById(`${id}-suggestions`)?.remove();
    let key = document.getElementById(`${id}-key`);
    if (!key) {
      key = part("input", "");
      Object.assign(key, { type: "hidden", id: `${id}-key`, name: `${this.input.name}_key` });
      this.group.append(key);
    }
    key.value = chosen.key;
    document.getElementById(`${id}-for`).value = chosen.title;
    let said = document.getElementById(`${id}-chosen`);
    if (!said) {
      said = part("p", "govuk-hint app-combobox__chosen");
      said.id = `${id}-chosen`;
      this.group.append(said);
    }
    said.textContent = [spoken(this.input, "chosen", { title: chosen.title }), chosen.group].filter(Boolean).join(", ");
  }
}

for (const input of document.querySelectorAll("[data-concepts]")) new Combobox(input);
