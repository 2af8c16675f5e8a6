// Conveniences only: every form works without this file.

const all = document.getElementById("select-all");
const boxes = document.querySelectorAll('input[type="checkbox"][name="parcels"]');

if (all) {
  all.closest("label").hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
  });
}

// An operation that is still under way is looked at again by itself.
const waiting = document.querySelector("[data-refresh]");
if (waiting) setTimeout(() => location.reload(), Number(waiting.dataset.refresh) * 1000);
