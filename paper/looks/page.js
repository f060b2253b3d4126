// Opens the entry that a link leads to; without this file's lines the style sheet does it as far as a browser can.
(() => {
  const open = () => {
    const id = location.hash.slice(1);
    const target = id.startsWith("why-") ? document.getElementById(id) : null;
    if (!target) return;
    for (let at = target; at; at = at.parentElement) if (at.localName === "details") at.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", open);
  addEventListener("click", (event) => {
    if (event.target.closest('a[href^="#why-"]')) setTimeout(open);
  });
  open();
})();
