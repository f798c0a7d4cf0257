"use strict";

// report.js makes the tables of the page sort and filter, and shows the trials of a cell. The page
// is complete without it. Everything that comes from the run is set as text, never as markup.

const report = (() => {
	const json = id => JSON.parse(document.getElementById(id).textContent);
	const settings = json("settings");
	const cells = json("cells");
	const columns = new Map(cells.columns.map(c => [c.name, c]));
	const axes = settings.axes.filter(a => columns.has(a.column));

	// raw returns a number, the index of a word, or null for an undefined value.
	const raw = (column, i) => column.values[column.values.length === 1 ? 0 : i] ?? null;

	function value(column, i) {
		const v = raw(column, i);
		return v === null || column.kind === "number" ? v : column.words[v];
	}

	const cellName = i => value(columns.get("cell"), i);

	// element creates an element with properties and children. Strings become text.
	function element(tag, properties = {}, ...children) {
		const e = document.createElement(tag);
		for (const [name, v] of Object.entries(properties)) {
			if (name in e) e[name] = v;
			else e.setAttribute(name, v);
		}
		e.append(...children);
		return e;
	}

	const button = (text, action, properties = {}) => element("button", {type: "button", onclick: action, ...properties}, text);

	// The units of times and sizes, the largest first.
	const times = [["s", 1], ["ms", 1e-3], ["µs", 1e-6], ["ns", 1e-9]];
	const sizes = [["GiB", 2 ** 30], ["MiB", 2 ** 20], ["KiB", 2 ** 10], ["B", 1]];
	const full = new Intl.NumberFormat("en", {minimumSignificantDigits: 3, maximumSignificantDigits: 3});
	const short = new Intl.NumberFormat("en", {maximumSignificantDigits: 3});
	const whole = new Intl.NumberFormat("en");

	// The columns of metrics by name. A column of means and a column of trials have the same title.
	const metrics = new Map(cells.columns.filter(c => c.figure).map(c => [c.name, c]));
	for (const c of [...metrics.values()]) metrics.set("metric_" + c.figure, c);

	// judge has the names of the columns of the judged figure: of trials, and of their means.
	const judge = settings.judge ?? {trial: "seconds", mean: "mean_seconds"};

	// isHigherBetter reports whether a high value is good: a speed-up, a rate.
	const isHigherBetter = name => metrics.has(name) ? metrics.get(name).better === "higher" : /(^|_)speedup($|_)|per_second$|^efficiency$/.test(name);

	// format returns a value of a column for people. numbers is short for the labels of a scale.
	function format(name, v, numbers = full) {
		const inUnit = units => {
			const [unit, size] = units.find(u => Math.abs(v) >= u[1]) ?? units.at(-1);
			return `${numbers.format(v / size)} ${unit}`;
		};
		if (v === null) return "–";
		if (typeof v === "string") return v;
		if (metrics.has(name)) return `${numbers.format(v)} ${metrics.get(name).unit}`.trimEnd();
		if (name.endsWith("bytes_per_second")) return inUnit(sizes) + "/s";
		if (name.endsWith("_per_second")) return numbers.format(v) + "/s";
		if (name.endsWith("seconds")) return inUnit(times);
		if (name.endsWith("bytes")) return inUnit(sizes);
		if (name.endsWith("_fraction") || name === "cv" || name === "efficiency") return short.format(100 * v) + "%";
		if (/(^|_)speedup($|_)/.test(name)) return numbers.format(v) + "×";
		return Number.isInteger(v) ? whole.format(v) : short.format(v);
	}

	// tick returns the labels of a scale. The unit of a metric may be long, so it is in the caption.
	const compact = new Intl.NumberFormat("en", {notation: "compact", maximumSignificantDigits: 3});
	const tick = name => v => metrics.has(name) ? compact.format(v) : format(name, v, short);

	// unitOf returns the unit of a metric in brackets, after a space.
	const unitOf = name => metrics.get(name)?.unit ? ` (${metrics.get(name).unit})` : "";

	// The names of columns for people: without units, which the values have.
	const titles = {seconds: "time", mean_seconds: "mean time", median_seconds: "median time", bytes: "size", speedup: "speed-up", max_rss_bytes: "memory", sum_rss_bytes: "memory of all processes", cv: "CV"};
	if (settings.judge) Object.assign(titles, {speedup: "speed-up of " + judge.name, [judge.mean]: judge.name});
	const title = name => titles[name] ?? (metrics.has(name) && !/_ci95_(low|high)$/.test(name) ? metrics.get(name).figure : undefined) ?? name.replace(/_(seconds|bytes)$/, "").replaceAll("_", " ")
		.replace("ci95", "95% interval").replace("p50", "median").replace("speedup", "speed-up");

	// The state of the page is in the fragment of its address, so that a link shows a view.
	const state = new URLSearchParams();
	const listeners = [];
	const isState = () => location.hash.includes("=");

	function readState() {
		for (const key of [...state.keys()]) state.delete(key);
		if (isState()) for (const [key, v] of new URLSearchParams(location.hash.slice(1))) state.append(key, v);
	}

	// setState changes the values of a key: a string, a list, or nothing.
	function setState(key, v) {
		state.delete(key);
		for (const one of [v ?? []].flat()) if (one !== "") state.append(key, one);
		history.replaceState(null, "", state.size ? "#" + state : location.href.replace(/#.*/, "#"));
		changed();
	}

	const changed = () => listeners.forEach(f => f());

	// matching returns a function that reports whether a cell passes the filters. A cell that does
	// not use an axis passes the filter of this axis, as a baseline without workers.
	function matching() {
		const wanted = axes.map(a => [columns.get(a.column), state.getAll("only." + a.column)])
			.filter(([, levels]) => levels.length > 0)
			.map(([column, levels]) => [column, new Set(levels.map(l => column.words.indexOf(l)))]);
		const words = (state.get("find") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
		return (i, text) => wanted.every(([column, set]) => raw(column, i) === null || set.has(raw(column, i))) &&
			(words.length === 0 || words.every(w => text(i).includes(w)));
	}

	const searchText = i => cells.columns.filter(c => c.kind !== "number").map(c => value(c, i) ?? "").join(" ").toLowerCase();
	const texts = [];
	const textOf = i => texts[i] ??= searchText(i);

	// Tables

	const rowsAtFirst = 25;
	const tables = [];

	// sortKey returns the value of a table cell by which its row is sorted.
	function sortKey(table, head, at) {
		const column = columns.get(head.dataset.name);
		if (column && column.kind !== "words") return row => raw(column, row.cell);
		return row => {
			const text = row.element.cells[at].textContent;
			const m = /^([-+]?[\d.,]+).*?(\S*)$/.exec(text);
			if (!m) return text === "–" ? null : text;
			const unit = [...times, ...sizes].find(u => u[0] === m[2].replace("/s", ""));
			return parseFloat(m[1].replaceAll(",", "")) * (unit ? unit[1] : 1);
		};
	}

	function compare(a, b) {
		if (a === null || b === null) return (a === null) - (b === null);
		if (typeof a === "number" && typeof b === "number") return a - b;
		return String(a).localeCompare(String(b), "en", {numeric: true});
	}

	// sort sorts a table by a column, and the second time the other way round.
	function sort(table, head, at, down = head.getAttribute("aria-sort") === "ascending") {
		for (const h of table.heads) h.removeAttribute("aria-sort");
		head.setAttribute("aria-sort", down ? "descending" : "ascending");
		const key = sortKey(table, head, at);
		const keyed = table.rows.map(row => [key(row), row]);
		keyed.sort(([a], [b]) => a === null || b === null || !down ? compare(a, b) : compare(b, a));
		table.rows = keyed.map(([, row]) => row);
		table.body.append(...table.rows.map(row => row.element));
		showRows(table);
	}

	// showRows hides the rows that do not match, and the rows after the first ones. Tables outside
	// the section of tables, as of the failed cells, have no filter.
	function showRows(table, matches = matching()) {
		let found = 0;
		for (const row of table.rows) {
			const match = !table.section || matches(row.cell, textOf);
			if (match) found++;
			row.element.hidden = !match || found > rowsAtFirst && !table.all;
			if (!row.element.hidden && row.cell !== null && !row.button) addButton(table, row);
		}
		const left = table.all ? 0 : found - rowsAtFirst;
		table.more.hidden = left <= 0;
		table.more.textContent = `Show ${whole.format(left)} more rows`;
		if (table.section) table.section.hidden = found === 0 && table.rows.length > 0;
		return found;
	}

	// addButton makes the first cell of a row a button, for the keyboard. In a narrow window it also
	// has the levels of the other axes.
	function addButton(table, row) {
		const head = row.element.cells[0];
		row.button = button("", () => {}, {className: "open", "aria-haspopup": "dialog"});
		const keys = table.keys.map(h => [h.dataset.key, row.element.cells[h.cellIndex].textContent]).filter(([, level]) => level);
		row.button.append(...head.childNodes, element("span", {className: "unseen"}, ", show trials"));
		head.append(row.button, element("span", {className: "keys", "aria-hidden": "true"}, keys.map(pair => pair.join("=")).join(", ")));
	}

	function makeTable(element_) {
		const table = {
			element: element_, body: element_.tBodies[0], heads: [...element_.tHead.rows[0].cells], all: false,
			section: element_.closest("#tables section"),
			more: button("", () => { table.all = true; showRows(table); }, {className: "more"}),
		};
		table.keys = table.heads.slice(1).filter(h => h.dataset.key);
		table.rows = [...table.body.rows].map(row => ({element: row, cell: "cell" in row.dataset ? Number(row.dataset.cell) : null}));
		table.heads.forEach((head, at) => {
			head.replaceChildren(button(head.textContent, () => sort(table, head, head.cellIndex), {className: "sort"}));
		});
		table.body.addEventListener("click", event => {
			const row = event.target.closest("tr[data-cell]");
			if (row && getSelection().isCollapsed) openCell(Number(row.dataset.cell));
		});
		element_.closest(".scroll").after(table.more);
		return table;
	}

	// beyondNarrow are the columns that a narrow window hides, so that the verdict is seen.
	const beyondNarrow = new Set(["median_seconds", "speedup_ci95_low", "efficiency", "files_per_second", "bytes_per_second"]);

	// setColumns hides columns of the tables, and adds columns that the tables do not have.
	function setColumns() {
		const add = state.getAll("column").filter(name => columns.has(name));
		const hide = new Set(state.getAll("hide"));
		for (const table of tables) {
			if (!table.section) continue;
			for (const head of table.heads.filter(h => h.dataset.added)) removeColumn(table, head);
			for (const name of add) if (!table.heads.some(h => h.dataset.name === name)) addColumn(table, name);
			const hidden = table.heads.filter(h => hide.has(h.dataset.name)).map(h => h.cellIndex + 1);
			const narrow = [...table.keys, ...table.heads.filter(h => beyondNarrow.has(h.dataset.name))].map(h => h.cellIndex + 1);
			const rules = list => list.map(n => `#${table.section.id} tr > :nth-child(${n}) { display: none; }`).join("\n");
			table.style.textContent = rules(hidden) + `@media (max-width: 40rem) { ${rules(narrow)} }`;
		}
	}

	function addColumn(table, name) {
		const head = element("th", {scope: "col", "data-name": name, "data-added": "yes", title: columns.get(name).doc});
		head.append(button(title(name), () => sort(table, head, head.cellIndex), {className: "sort"}));
		table.heads.push(head);
		table.element.tHead.rows[0].append(head);
		const isText = columns.get(name).kind !== "number";
		for (const row of table.rows) row.element.append(element("td", {className: isText ? "w" : ""}, format(name, value(columns.get(name), row.cell))));
	}

	function removeColumn(table, head) {
		const at = head.cellIndex;
		table.heads.splice(table.heads.indexOf(head), 1);
		head.remove();
		for (const row of table.rows) row.element.cells[at].remove();
	}

	// The filter bar

	// menu returns a list of check boxes that unfolds.
	function menu(name, choices, chosen, change, isFilter = true) {
		const summary = element("summary", {}, name);
		const boxes = choices.map(([v, text, hint]) => {
			const box = element("input", {type: "checkbox", value: v, checked: chosen().includes(v)});
			box.addEventListener("change", () => change(boxes.filter(b => b.checked).map(b => b.value)));
			return box;
		});
		const labels = boxes.map((box, k) => element("label", {title: choices[k][2] ?? ""}, box, " " + choices[k][1]));
		const details = element("details", {className: "menu"}, summary, element("fieldset", {}, element("legend", {className: "unseen"}, name), ...labels));
		listeners.push(() => {
			const list = chosen();
			for (const box of boxes) box.checked = list.includes(box.value);
			summary.classList.toggle("active", isFilter && list.length > 0);
		});
		return details;
	}

	function columnMenu() {
		const usual = [...new Set(tables.filter(t => t.section).flatMap(t => t.heads.map(h => h.dataset.name)))].filter(name => columns.has(name));
		const others = cells.columns.filter(c => c.kind !== "axis" && c.name !== "heading" && !usual.includes(c.name)).map(c => c.name);
		const heads = new Map(tables.flatMap(t => t.heads.map(h => [h.dataset.name, h.textContent])));
		const choices = [...usual, ...others].map(name => [name, heads.get(name) ?? title(name), columns.get(name).doc]);
		const chosen = () => [...usual.filter(name => !state.getAll("hide").includes(name)), ...state.getAll("column")];
		return menu("Columns", choices, chosen, list => {
			setState("hide", usual.filter(name => !list.includes(name)));
			setState("column", list.filter(name => !usual.includes(name)));
			setColumns();
		}, false);
	}

	function makeFilter() {
		const find = element("input", {type: "search", placeholder: "Search cells", "aria-label": "Search cells", autocomplete: "off"});
		find.addEventListener("input", () => setState("find", find.value));
		const count = element("output", {});
		const menus = axes.map(a => {
			const key = "only." + a.column;
			return menu(a.axis, columns.get(a.column).words.map(w => [w, w]), () => state.getAll(key), list => setState(key, list));
		});
		const clear = button("Clear", () => {
			for (const a of axes) state.delete("only." + a.column);
			setState("find", "");
		});
		const none = element("p", {hidden: true}, "No cell matches the filter.");
		document.getElementById("filter").append(find, ...menus, columnMenu(), clear, count);
		document.getElementById("filter").after(none, element("p", {className: "narrow note"}, "A narrow window hides some columns. A tap on a row shows all figures."));
		listeners.push(() => {
			if (find.value !== (state.get("find") ?? "")) find.value = state.get("find") ?? "";
			const matches = matching();
			let found = 0;
			for (const table of tables) found += showRows(table, matches) * (table.section ? 1 : 0);
			none.hidden = found > 0;
			count.textContent = `${whole.format(found)} of ${whole.format(cells.rows)} cells`;
			clear.hidden = !axes.some(a => state.has("only." + a.column)) && !state.has("find");
		});
		// A click elsewhere and Escape close a menu.
		const close = target => {
			for (const m of document.querySelectorAll(".menu[open]")) if (!m.contains(target)) m.open = false;
		};
		document.addEventListener("click", event => close(event.target));
		document.addEventListener("keydown", event => {
			const open = event.key === "Escape" && document.querySelector(".menu[open]");
			if (open) {
				open.querySelector("summary").focus();
				close(null);
			}
		});
	}

	// Trials of a cell

	let unpacking;

	// trials returns the columns of all trials. They are unpacked when they are first needed.
	const trials = () => unpacking ??= (async () => {
		const bytes = Uint8Array.from(atob(document.getElementById("trials").textContent), c => c.charCodeAt(0));
		const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
		return JSON.parse(await new Response(stream).text());
	})();

	// trialsOf returns the trials of a cell, in order, as objects.
	function trialsOf(data, cell) {
		const of = data.columns.find(c => c.name === "cell");
		const list = [];
		for (let i = 0; i < data.rows; i++) {
			if (raw(of, i) === cell) list.push(Object.fromEntries(data.columns.map(c => [c.name, value(c, i)])));
		}
		return list;
	}

	const shellWord = word => /^[\w./:@%+,=~-]+$/.test(word) && !/^[-~]/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

	// commandLines returns the command line of a contender, and the one that runs the cell alone.
	function commandLines(i) {
		const level = name => columns.has(name) ? value(columns.get(name), i) : null;
		const program = settings.programs[`${level("operation")}/${level("strategy")}`];
		const only = axes.map(a => [a.axis, level(a.column)]).filter(([, v]) => v !== null)
			.map(([axis, v]) => `${axis}=${/[,|:#"'\[\]{}]/.test(v) ? JSON.stringify(v) : v}`).join(",");
		return [program && ["The command of the experiment file:", program], ["This cell and its baseline alone:", `${settings.run} --only ${shellWord(only)}`]].filter(Boolean);
	}

	function trialTable(list) {
		const names = Object.keys(list[0] ?? {}).filter(n => n !== "cell" && list.some(t => t[n] !== null));
		const kind = n => list.some(t => typeof t[n] === "string") ? "w" : "";
		const head = element("tr", {}, ...names.map(n => element("th", {scope: "col", className: kind(n)}, title(n))));
		const rows = list.map(t => element("tr", {}, ...names.map((n, k) => k === 0 ? element("th", {scope: "row"}, format(n, t[n])) :
			element("td", {className: kind(n)}, format(n, t[n])))));
		return element("div", {className: "scroll", role: "region", tabIndex: 0, "aria-label": "Trials"},
			element("table", {}, element("caption", {}, "Trials"), element("thead", {}, head), element("tbody", {}, ...rows)));
	}

	// openCell shows a cell in a dialog. Pictures of its trials come from explorer.js.
	async function openCell(i) {
		const dialog = document.getElementById("cell");
		const name = cellName(i), baseline = columns.get("baseline") ? value(columns.get("baseline"), i) : null;
		const at = n => columns.has(n) ? value(columns.get(n), i) : null;
		const body = element("div", {});
		dialog.replaceChildren(
			element("header", {}, element("h2", {id: "cell-name"}, name), button("Close", () => dialog.close())), body);
		const reason = at("reason"), verdict = at("verdict");
		const summary = [`Status: ${at("status")}${reason ? `, ${reason}` : ""}.`];
		if (settings.judge && at(judge.mean) !== null) summary.push(`Mean ${title(judge.mean)} ${format(judge.mean, at(judge.mean))}.`);
		if (at("mean_seconds") !== null) summary.push(`Mean time ${format("seconds", at("mean_seconds"))}` + (at("min_seconds") < at("max_seconds") ? `, from ${format("seconds", at("min_seconds"))} to ${format("seconds", at("max_seconds"))}.` : "."));
		if (baseline && baseline !== name && at("speedup") !== null) summary.push(`${settings.judge ? `Speed-up of ${judge.name}` : "Speed-up"} ${format("speedup", at("speedup"))} against ${baseline}${verdict ? `: ${verdict}` : ""}.`);
		body.append(element("p", {}, summary.join(" ")));
		const pictures = element("div", {className: "panels"});
		const rows = element("div", {});
		body.append(pictures, rows);
		for (const [text, line] of commandLines(i)) body.append(element("p", {}, text), copyable(line));
		const facts = cells.columns.filter(c => value(c, i) !== null).flatMap(c => [element("dt", {title: c.doc}, title(c.name)), element("dd", {}, format(c.name, value(c, i)))]);
		body.append(element("details", {}, element("summary", {}, "All figures"), element("dl", {}, ...facts)));
		if (!dialog.open) dialog.showModal();
		setState("cell", name);
		try {
			const data = await trials();
			const list = trialsOf(data, i);
			const other = baseline && baseline !== name ? columns.get("cell").words.indexOf(baseline) : -1;
			const base = other < 0 ? [] : trialsOf(data, columns.get("cell").values.indexOf(other));
			rows.append(list.length ? trialTable(list) : element("p", {}, "There is no trial of this cell."));
			drawTrials(pictures, list, base);
		} catch (error) {
			rows.append(element("p", {}, `The trials could not be shown (${error.message}). The file trials.csv has them.`));
		}
	}

	// Command lines

	// copyable returns a text with a button that copies it.
	function copyable(text) {
		const box = element("div", {className: "copy"}, element("pre", {tabIndex: 0}, text));
		addCopy(box);
		return box;
	}

	// addCopy adds the button. A page from http has no clipboard, so the button selects the text.
	function addCopy(box) {
		const pre = box.querySelector("pre");
		const b = button("Copy", async () => {
			getSelection().selectAllChildren(pre);
			try {
				await navigator.clipboard.writeText(pre.textContent);
				b.textContent = "Copied";
			} catch {
				b.textContent = "Selected";
			}
			setTimeout(() => b.textContent = "Copy", 2000);
		});
		box.append(b);
	}

	function start() {
		for (const e of document.querySelectorAll(".js")) e.hidden = false;
		for (const t of document.querySelectorAll("table:not(.fixed)")) {
			const table = makeTable(t);
			if (table.section) table.section.append(table.style = element("style", {}));
			tables.push(table);
		}
		readState();
		makeFilter();
		setColumns();
		// A long table begins with its fastest cells, in the order of the overview and of report.md.
		for (const table of tables.filter(t => t.section && t.rows.length > rowsAtFirst)) {
			const [ratio, mean, status] = ["speedup", judge.mean, "status"].map(n => columns.get(n));
			const compared = ratio && table.rows.every(r => raw(mean, r.cell) === null || raw(ratio, r.cell) !== null && value(status, r.cell) !== "incomplete");
			const head = table.heads.find(h => h.dataset.name === (compared ? "speedup" : judge.mean));
			if (head) sort(table, head, head.cellIndex, compared || isHigherBetter(judge.mean));
		}
		document.querySelectorAll(".copy").forEach(addCopy);
		document.getElementById("cell").addEventListener("close", () => setState("cell"));
		addEventListener("hashchange", () => {
			if (isState()) {
				readState();
				setColumns();
				changed();
			}
		});
		changed();
	}

	// openLinked shows the cell that the fragment names.
	function openLinked() {
		const names = columns.get("cell");
		const i = names.values.indexOf(names.words.indexOf(state.get("cell")));
		if (state.has("cell") && i >= 0) openCell(i);
	}

	start();
	return {axes, button, cells, columns, element, format, isHigherBetter, judge, listeners, matching, openCell, openLinked, raw, setState, settings, state, textOf, tick, title, unitOf, value};
})();
