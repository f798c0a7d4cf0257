"use strict";

// explorer.js draws pictures of the reader's choice with Observable Plot: what is on the axes, what
// has colours, and what has panels. It draws the cells that pass the filters of the page.

const intervals = {
	mean_seconds: ["ci95_low_seconds", "ci95_high_seconds"],
	median_seconds: ["median_ci95_low_seconds", "median_ci95_high_seconds"],
	speedup: ["speedup_ci95_low", "speedup_ci95_high"],
	...Object.fromEntries(["latency_p99", "latency_max"].flatMap(tail => [
		[`${tail}_mean_seconds`, [`${tail}_ci95_low_seconds`, `${tail}_ci95_high_seconds`]],
		[`${tail}_speedup`, [`${tail}_speedup_ci95_low`, `${tail}_speedup_ci95_high`]],
	])),
	baseline_drift: ["baseline_drift_ci95_low", "baseline_drift_ci95_high"],
	...Object.fromEntries(report.cells.columns.filter(c => c.figure && c.name.endsWith("_mean")).map(c => [c.name, [`metric_${c.figure}_ci95_low`, `metric_${c.figure}_ci95_high`]])),
};

// picture draws a picture in the colours of the page. It is one image with a description: the names
// that Plot gives to its parts do not help a reader.
function picture(options) {
	const style = {background: "transparent", color: "currentColor", fontSize: "12px", overflow: "visible"};
	const svg = Plot.plot({marginLeft: 64, marginBottom: 40, style, ...options});
	for (const part of svg.querySelectorAll("[aria-label]")) part.removeAttribute("aria-label");
	svg.setAttribute("role", "img");
	return svg;
}

// drawTrials draws the trials of a cell in order, and their distribution, beside the baseline.
function drawTrials(parent, list, base) {
	const {element, format} = report;
	const figure = report.judge.trial;
	const rows = [...base.map(t => ({...t, of: "baseline"})), ...list.map(t => ({...t, of: "this cell"}))]
		.filter(t => (t[figure] ?? null) !== null).map(t => ({...t, kind: t.phase === "warmup" ? "warm-up" : t.status}));
	if (rows.length === 0) return;
	const colour = {domain: ["this cell", "baseline"], range: ["#0072b2", "#777777"]};
	const symbol = {domain: ["ok", "warm-up", "xfail", "failed", "timeout", "crashed"], range: ["circle", "plus", "diamond", "times", "times", "times"]};
	const y = {tickFormat: report.tick(figure), label: null, grid: true, nice: true};
	const measured = rows.filter(t => t.kind === "ok");
	const add = (caption, options) => parent.append(element("figure", {},
		picture({width: Math.min(440, parent.clientWidth || 440), height: 240, color: colour, symbol, ariaLabel: caption, ...options}),
		element("figcaption", {}, caption)));
	const about = {trial: "trial", round: "round", status: "kind", [report.title(figure)]: t => format(figure, t[figure])};
	add(`${figure === "seconds" ? "Time" : report.title(figure) + report.unitOf(figure)} of each trial in order. A plus is a warm-up, and a cross is a failed trial.`, {
		y, x: {label: "trial", labelAnchor: "center", labelArrow: "none", tickFormat: "d"},
		marks: [
			Plot.lineY(measured, {x: "trial", y: figure, stroke: "of", strokeOpacity: 0.4}),
			Plot.dot(rows, {x: "trial", y: figure, stroke: "of", symbol: "kind", channels: about, tip: {format: {x: false, y: false, stroke: true, symbol: false}}}),
		],
	});
	add("Distribution of the good trials, with the median.", {
		x: {...y, ticks: 4}, y: {label: null, domain: base.length ? ["this cell", "baseline"] : ["this cell"]}, height: base.length ? 160 : 110,
		marks: [
			Plot.tickX(measured, Plot.groupY({x: "median"}, {x: figure, y: "of", stroke: "of", strokeWidth: 2})),
			Plot.dot(measured, {x: figure, y: "of", stroke: "of", fill: "of", fillOpacity: 0.3}),
		],
	});
}

(() => {
	const {axes, cells, columns, element, format, isHigherBetter, matching, raw, setState, state, title, value} = report;
	const numbers = cells.columns.filter(c => c.kind === "number" && c.values.length > 1);
	const bounds = new Set(Object.values(intervals).flat());
	const means = numbers.filter(c => c.figure && c.name.endsWith("_mean")).map(c => c.name).sort((a, b) => (b === report.judge.mean) - (a === report.judge.mean));
	const first = ["speedup", ...new Set([...report.settings.judge ? [report.judge.mean] : [], ...means]), "mean_seconds", "median_seconds", "files_per_second", "bytes_per_second", "efficiency",
		"latency_p50_seconds", "latency_p99_seconds", "latency_max_seconds", "max_rss_bytes", "sum_rss_bytes", "user_seconds", "system_seconds", "cv"];
	const figures = [...first.filter(n => numbers.some(c => c.name === n)), ...numbers.map(c => c.name).filter(n => !first.includes(n) && !bounds.has(n))];
	const isNumeric = column => column.words.every(w => w !== "" && !Number.isNaN(Number(w)));

	const names = axes.map(a => a.column);
	const usual = {
		x: names.includes(report.settings.x) ? report.settings.x : names.find(n => isNumeric(columns.get(n))) ?? names[0] ?? "",
		y: figures[0] ?? "", scale: "auto", intervals: "on", others: "best",
	};
	usual.colour = ["strategy", ...names].find(n => names.includes(n) && n !== usual.x) ?? "";
	// Each table has its own panel, unless there are many tables.
	const tables = columns.get("heading")?.kind === "words" ? columns.get("heading").words.length : 0;
	usual.panels = tables > 1 && tables <= 12 ? "heading" : ["operation", ...names].find(n => names.includes(n) && n !== usual.x && n !== usual.colour) ?? "";
	// The axes that distinguish tables have one level in each table.
	const tableAxes = names.filter(n => {
		const levels = new Map();
		return columns.get("heading") && d3.range(cells.rows).every(i => {
			const table = raw(columns.get("heading"), i), level = raw(columns.get(n), i);
			if (!levels.has(table)) levels.set(table, level);
			return levels.get(table) === level;
		});
	});
	const choice = key => state.get(key) ?? usual[key];
	const logRatio = 30; // an automatic scale is logarithmic above this ratio, as in the other pictures

	// choose adds a list of choices to the form.
	function choose(key, text, choices) {
		const list = element("select", {}, ...choices.map(([v, t]) => element("option", {value: v}, t)));
		list.addEventListener("change", () => setState(key, list.value || "none"));
		report.listeners.push(() => list.value = choice(key) === "none" ? "" : choice(key));
		document.getElementById("choices").append(element("label", {}, text + " ", list));
	}

	// rowsToDraw returns the cells that match, as rows for a picture. Cells of one series differ only
	// on the x axis. A cell that does not use the axis of the panels is in every panel.
	function rowsToDraw(x, y, colour, panels) {
		const matches = matching();
		const low = columns.get(intervals[y]?.[0]), high = columns.get(intervals[y]?.[1]);
		const others = names.filter(n => n !== x && n !== panels);
		const rows = [];
		const level = (name, i) => columns.has(name) ? value(columns.get(name), i) : null;
		for (let i = 0; i < cells.rows; i++) {
			if (!matches(i, report.textOf)) continue;
			const row = {
				i, x: level(x, i), y: value(columns.get(y), i), colour: level(colour, i) ?? "–",
				low: low ? value(low, i) : null, high: high ? value(high, i) : null,
				series: others.map(n => level(n, i)).join("\n"), table: level("baseline", i), name: level("cell", i), status: level("status", i), verdict: level("verdict", i),
			};
			// The line has a gap at a cell with failures, expected or not, and the cell has no point.
			row.failed = row.status === "failed" || row.status === "xfail";
			row.expected = row.status === "xfail";
			if (row.failed) row.y = null;
			const panel = panels ? columns.get(panels) : null;
			for (const p of !panel ? [""] : raw(panel, i) === null ? panel.words : [value(panel, i)]) rows.push({...row, panel: p});
		}
		return rows;
	}

	// markBest marks the best cell of those that have the same panel, colour and place on the x axis.
	// Cells of several tables do different work, so each table has its best cell.
	function markBest(rows, y) {
		const isBetter = (a, b) => b.y === null || a.y !== null && (isHigherBetter(y) ? a.y > b.y : a.y < b.y);
		const best = new Map();
		for (const r of rows) {
			const key = [r.table, r.panel, r.colour, r.x].join("\n");
			if (!best.has(key) || isBetter(r, best.get(key))) best.set(key, r);
		}
		for (const r of best.values()) r.best = true;
		return rows.some(r => r.y !== null && !r.best);
	}

	// Each colour has a contrast of 3 with a light and with a dark page. The first ones are those of
	// the other pictures.
	const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b07d00", "#7a5af5", "#777777", "#9c6b4e", "#c0527f", "#6f8f00"];
	const ordered = d3.interpolateRgbBasis(["#7a5af5", "#0072b2", "#009e73", "#b07d00", "#d55e00"]);

	const symbols = d3.symbolsStroke.filter(s => s !== d3.symbolTimes && s !== d3.symbolPlus); // marks of failed cells

	// palette returns a colour and a symbol for the shown levels. Numbers get colours in order. A level
	// keeps its colour when a filter hides others.
	function palette(column, shown) {
		const all = [...column?.words ?? [], "–"];
		const inOrder = column && isNumeric(column) && column.words.length > 2;
		// After all colours are used, the symbols begin with the next one, so no pair repeats.
		const shape = k => k + Math.floor(k / colours.length);
		const range = shown.map(l => inOrder ? ordered(all.indexOf(l) / (all.length - 1)) : colours[all.indexOf(l) % colours.length]);
		return {color: {type: "ordinal", domain: shown, range}, symbol: {domain: shown, range: shown.map(l => symbols[shape(all.indexOf(l)) % symbols.length])}};
	}

	// ticks returns the places of the labels of the y axis. Sizes are multiples of a power of 1024.
	function ticks(y, [low, high]) {
		const unit = y.includes("bytes") && high >= 1 ? 1024 ** Math.floor(Math.log(high) / Math.log(1024)) : 1;
		return d3.ticks(low / unit, high / unit, 6).map(v => v * unit);
	}

	function legend(scales, label) {
		const items = scales.color.domain.map((level, k) => {
			const svg = d3.create("svg").attr("width", 14).attr("height", 14).attr("viewBox", "-7 -7 14 14").attr("aria-hidden", "true");
			svg.append("path").attr("d", d3.symbol(scales.symbol.range[k], 40)()).attr("fill", "none").attr("stroke", scales.color.range[k]).attr("stroke-width", 1.8);
			return element("li", {}, svg.node(), " " + level);
		});
		return element("ul", {className: "legend", "aria-label": label}, ...items);
	}

	function draw() {
		const view = document.getElementById("view");
		const [x, y, colour, panels] = ["x", "y", "colour", "panels"].map(k => choice(k)).map(v => v === "none" || !columns.has(v) ? "" : v);
		const rows = x && y ? rowsToDraw(x, y, colour, panels) : [];
		const drawn = rows.filter(r => r.y !== null);
		const some = choice("others") === "best" && markBest(rows, y);
		if (!some) rows.forEach(r => r.best = true);
		if (drawn.length === 0) {
			view.replaceChildren(element("p", {}, "No cell has these values."));
			return;
		}
		const column = columns.get(x);
		const levels = column.words.filter(w => drawn.some(r => r.x === w));
		const numeric = isNumeric(column) && levels.length > 2;
		const place = w => w === null ? null : numeric ? Number(w) : w;
		const withBounds = choice("intervals") === "on" && y in intervals;
		const most = 1.6 * d3.max(drawn, r => r.y), least = d3.min(drawn, r => r.y);
		const log = least > 0 && (choice("scale") === "log" || choice("scale") === "auto" && most > logRatio * least);
		const all = drawn.flatMap(r => withBounds ? [r.y, r.low ?? r.y, r.high ?? r.y] : [r.y]).filter(v => !log || v > 0);
		// A wide interval leaves the picture rather than making the points equal.
		const bounded = all.map(v => log ? Math.max(least / 1.6, Math.min(v, most)) : Math.min(v, most));
		const domain = log ? d3.extent(bounded) : d3.extent([0, ...bounded]);
		const scales = palette(columns.get(colour), colour ? [...columns.get(colour).words, "–"].filter(w => drawn.some(r => r.colour === w)) : ["–"]);
		const groups = panels ? columns.get(panels).words.filter(w => drawn.some(r => r.panel === w)) : [""];
		const inRow = Math.min(groups.length, Math.max(1, Math.floor(view.clientWidth / 340)));
		const width = Math.min(860, Math.floor((view.clientWidth - 24 * (inRow - 1)) / inRow));
		const about = {cell: "name", value: r => format(y, r.y), interval: r => withBounds && r.high !== null ? `${format(y, r.low)} to ${format(y, r.high)}` : "", verdict: "verdict"};
		// With base 10 a logarithmic axis has no label at 8, and places such as 9.31 GiB.
		const figures = groups.map(group => {
			const here = rows.filter(r => r.panel === group).map(r => ({...r, x: place(r.x)})).sort((a, b) => numeric ? a.x - b.x : levels.indexOf(a.x) - levels.indexOf(b.x));
			const points = here.filter(r => r.x !== null), flat = here.filter(r => r.x === null && r.y !== null);
			const shown = points.filter(r => r.y !== null);
			const caption = !panels || panels === "heading" ? group : `${panels}=${group}`;
			const plot = picture({
				width, height: Math.round(Math.max(250, width * 0.6)), ...scales,
				ariaLabel: `${title(y)} by ${title(x)} ${caption}`,
				x: numeric ? {type: Number(levels[0]) > 0 && levels.at(-1) / levels[0] >= 8 ? "log" : "linear", base: 2, ticks: levels.map(Number), tickFormat: String, domain: d3.extent(levels, Number), label: title(x), labelAnchor: "center", labelArrow: "none", inset: 6}
					: {type: "point", domain: levels, label: title(x), labelAnchor: "center", labelArrow: "none"},
				y: {type: log ? "log" : "linear", base: y.includes("bytes") ? 2 : 10, domain, nice: log || !y.includes("bytes"), grid: true, label: null, tickFormat: report.tick(y), ticks: log ? 6 : ticks(y, domain)},
				marks: [
					y === "speedup" ? Plot.ruleY([1], {stroke: "currentColor", strokeOpacity: 0.6}) : null,
					Plot.ruleY(flat, {y: "y", stroke: "colour", strokeDasharray: "4 3", strokeWidth: 1.5}),
					withBounds ? Plot.ruleX(shown.filter(r => r.best && r.high !== null), {x: "x", y1: r => r.low ?? domain[0], y2: "high", stroke: "colour", strokeOpacity: 0.55, clip: true}) : null,
					Plot.line(points.filter(r => r.best || !some), {x: "x", y: r => r.y ?? NaN, z: some ? r => r.table + "\n" + r.colour : "series", stroke: "colour", strokeWidth: 1.5}),
					Plot.dot(shown.filter(r => !r.best), {x: "x", y: "y", fill: "colour", r: 1.5, fillOpacity: 0.45}),
					Plot.dot(shown.filter(r => r.best), {x: "x", y: "y", stroke: "colour", symbol: "colour", r: 3.5}),
					...[false, true].map(expected => Plot.dot(points.filter(r => r.failed && r.expected === expected), {x: "x", frameAnchor: "bottom", stroke: "colour", symbol: expected ? "plus" : "times", strokeOpacity: 0.6, r: 3})),
					Plot.tip(shown, Plot.pointer({x: "x", y: "y", maxRadius: 30, channels: about, format: {x: false, y: false}})),
				],
			});
			plot.addEventListener("click", () => { if (plot.value) report.openCell(plot.value.i); });
			return element("figure", {}, caption ? element("figcaption", {}, caption) : "", plot);
		});
		const left = names.filter(n => ![x, colour, panels].includes(n) && !tableAxes.includes(n)).map(title).join(", ");
		const note = [
			`${title(y)}${report.unitOf(y)}: ${columns.get(y).doc}.`, isHigherBetter(y) ? "Higher is better." : "",
			some ? `Each line joins the best cells, whatever their ${left}; faint points are the other cells.` : "",
			withBounds ? "Bars are 95% intervals." : "", rows.some(r => r.x === null) ? `A dashed line is a cell without ${title(x)}.` : "",
			rows.some(r => r.failed && !r.expected && r.x !== null) ? "A cross at the bottom is a failed cell." : "",
			rows.some(r => r.expected && r.x !== null) ? "A plus at the bottom is a cell that failed as expected." : "", "A click on a point shows its trials.",
		].filter(Boolean).join(" ");
		view.replaceChildren(colour ? legend(scales, title(colour)) : "", element("div", {className: "panels"}, ...figures), element("p", {className: "note"}, note));
	}

	const axisChoices = axes.map(a => [a.column, a.axis]);
	if (axes.length === 0 || figures.length === 0) {
		document.getElementById("explorer").hidden = true;
	} else {
		choose("y", "Show", figures.map(n => [n, title(n)]));
		choose("x", "by", axisChoices);
		choose("colour", "colour", [["", "none"], ...axisChoices]);
		choose("panels", "panels", [["", "none"], ...(tables > 1 ? [["heading", "table"]] : []), ...axisChoices]);
		choose("others", "other axes", [["best", "best cell"], ["all", "all cells"]]);
		choose("scale", "scale", [["auto", "automatic"], ["linear", "linear"], ["log", "logarithmic"]]);
		choose("intervals", "intervals", [["on", "shown"], ["off", "hidden"]]);
		let pending = 0, width = 0;
		const later = () => {
			cancelAnimationFrame(pending);
			pending = requestAnimationFrame(draw);
		};
		report.listeners.push(later);
		new ResizeObserver(([entry]) => {
			if (entry.contentRect.width !== width) {
				width = entry.contentRect.width;
				later();
			}
		}).observe(document.getElementById("view"));
		report.listeners.forEach(f => f());
	}
	report.openLinked();
})();
