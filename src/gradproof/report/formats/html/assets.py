"""The style of a page, and the script that sorts its table."""

STYLE = """
:root{color-scheme:light dark;--page:#fff;--text:#1b1f24;--soft:#59636e;--line:#d1d9e0;--card:#f6f8fa;--right:#2da44e;
--wrong:#cf222e;--undecided:#bf8700;--kink:#0969da;--untested:#afb8c1;--along:#f0939a}
@media (prefers-color-scheme:dark){:root{--page:#0d1117;--text:#e6edf3;--soft:#9198a1;--line:#3d444d;--card:#151b23;
--right:#3fb950;--wrong:#f85149;--undecided:#d29922;--kink:#4493f8;--untested:#656c76;--along:#8e3a3a}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,sans-serif}
main{max-width:1100px;margin:0 auto;padding:16px}
h1{font-size:1.25rem;margin:0 0 .5rem;overflow-wrap:anywhere}
h2{font-size:1.05rem;margin:1.6rem 0 .5rem}
code,.name,td.number,pre{font-family:ui-monospace,monospace;font-size:.92em}
.name{overflow-wrap:anywhere}
.verdict{display:inline-block;color:#fff;border-radius:4px;padding:0 .5em;margin-right:.4em}
.verdict.right{background:#1a7f37}.verdict.wrong{background:#b3202c}.verdict.inconclusive{background:#8a6100}
p,li,dd{overflow-wrap:anywhere}
ul{padding-left:1.2em;margin:.3rem 0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem;margin:0}
dt{color:var(--soft)}dd{margin:0}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,250px),1fr));gap:12px}
.card{background:var(--card);border:1px solid var(--line);border-radius:6px;padding:10px;min-width:0}
.map{display:block;margin-top:6px;height:auto}
.ladder{display:block;width:300px}
main>details{margin-top:1rem}
.scroll{overflow-x:auto}
table{border-collapse:collapse;min-width:100%}
th,td{text-align:left;padding:4px 10px;border-bottom:1px solid var(--line);vertical-align:top}
td.number{text-align:right;white-space:nowrap}
th:nth-child(n+2):nth-child(-n+5){text-align:right}
td:first-child{min-width:9em}
th button{all:unset;cursor:pointer;font-weight:600;white-space:nowrap}
th button:focus-visible{outline:2px solid var(--kink)}
th[aria-sort=ascending] button::after{content:" \\2191"}th[aria-sort=descending] button::after{content:" \\2193"}
pre{background:var(--card);border:1px solid var(--line);border-radius:6px;padding:10px;overflow-x:auto}
.legend span{margin-right:1em;white-space:nowrap}
.legend i{display:inline-block;width:.8em;height:.8em;margin-right:.3em}
.soft{color:var(--soft)}
rect.right{fill:var(--right)}rect.wrong{fill:var(--wrong)}rect.undecided{fill:var(--undecided)}
rect.kink{fill:var(--kink)}rect.untested{fill:var(--untested)}rect.line{fill:var(--along)}
i.right{background:var(--right)}i.wrong{background:var(--wrong)}i.undecided{background:var(--undecided)}
i.kink{background:var(--kink)}i.untested{background:var(--untested)}i.line{background:var(--along)}
.grid{stroke:var(--line)}.noise{stroke:var(--soft);stroke-dasharray:4 3;fill:none}
circle.noise{stroke-dasharray:none}.error{stroke:var(--wrong);fill:none}.dot{fill:var(--wrong)}.zero{fill:none;stroke:var(--right)}
.tick{fill:var(--soft);font:10px system-ui,sans-serif;text-anchor:middle}.tick.side{text-anchor:end}
.label,.what{fill:var(--soft);font:11px system-ui,sans-serif}.label{text-anchor:middle}
"""

# Rows carry what they are sorted by: numbers where both are, else text; what is not known comes last.
SCRIPT = """
document.querySelectorAll("table.sortable").forEach(function (table) {
  var body = table.tBodies[0];
  table.querySelectorAll("th button").forEach(function (button) {
    button.addEventListener("click", function () {
      var head = button.parentNode, column = head.cellIndex;
      var up = head.getAttribute("aria-sort") !== "ascending";
      table.querySelectorAll("th").forEach(function (one) { one.removeAttribute("aria-sort"); });
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      var rows = Array.prototype.slice.call(body.rows);
      rows.sort(function (a, b) {
        var p = a.cells[column].dataset.value, q = b.cells[column].dataset.value;
        if (p === "" || q === "") return (p === "") - (q === "");
        var x = Number(p), y = Number(q);
        var order = isNaN(x) || isNaN(y) ? p.localeCompare(q, "en", {numeric: true}) : (x > y) - (x < y);
        return up ? order : -order;
      });
      rows.forEach(function (row) { body.appendChild(row); });
    });
  });
});
"""
