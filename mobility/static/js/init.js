// Starts GOV.UK Frontend's components, and again inside what htmx swaps in. Every page works without this file.

const address = document.querySelector('meta[name="mobility-components"]')?.content;

if (address) {
  const { initAll } = await import(address);
  initAll();
  document.body.addEventListener("htmx:load", (event) => {
    if (event.detail.elt !== document.body) initAll({ scope: event.detail.elt });
  });
}
