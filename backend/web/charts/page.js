// Draws a chart beside each table that asks for one. The table is the figure: without this script, or for whoever
// cannot see, nothing is missing. A table names the columns to draw in `data-chart`, its rows hold the numbers in
// `data-value`.

import { BarController, BarElement, CategoryScale, Chart, Legend, LinearScale, Tooltip } from "chart.js";

Chart.register(BarController, BarElement, CategoryScale, Legend, LinearScale, Tooltip);

// Apart in lightness too, for whoever does not tell colours apart.
const COLOURS = ["#0b5a8c", "#e0a13a", "#7a1f3d", "#5c9e8f"];
const MOST_BARS = 40;

function columnsOf(table) {
  const heads = [...table.tHead.rows[0].cells];
  return table.dataset.chart.split(" ").map((name) => {
    const at = heads.findIndex((head) => head.dataset.column === name);
    return { at, label: heads[at].textContent.trim() };
  });
}

function draw(canvas) {
  const table = document.getElementById(canvas.dataset.of);
  const rows = [...table.tBodies[0].rows].slice(0, MOST_BARS);
  const datasets = columnsOf(table).map(({ at, label }, place) => ({
    label,
    data: rows.map((row) => Number(row.cells[at].dataset.value)),
    backgroundColor: COLOURS[place % COLOURS.length],
  }));
  const whole = datasets.every(({ data }) => data.every(Number.isInteger));
  const chart = new Chart(canvas, {
    type: "bar",
    data: { labels: rows.map((row) => row.cells[0].textContent.trim()), datasets },
    options: {
      animation: false,
      maintainAspectRatio: false,
      locale: document.documentElement.lang,
      plugins: { legend: { position: "bottom" } },
      scales: { y: { beginAtZero: true, ticks: whole ? { precision: 0 } : {} } },
    },
  });
  canvas.dataset.bars = String(chart.getDatasetMeta(0).data.length);
  canvas.parentElement.hidden = false;
  chart.resize();
}

for (const canvas of document.querySelectorAll("canvas[data-of]")) {
  draw(canvas);
}
