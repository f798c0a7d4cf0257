package html_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"iosweep/analysis/analysistest"
	"iosweep/journal"
)

// visible is the start of an expression for the visible rows of the first table.
const visible = `[...document.querySelectorAll("#table-0 tbody tr:not([hidden])")]`

// grid is a run with 73 cells of one operation, so that its table does not show all of them at first.
func grid() *journal.Log {
	log := analysistest.Grid([]string{"write"}, []string{"threads", "processes", "async"}, []string{"1", "2", "4", "8"}, []string{"1", "4", "16", "64", "256", "auto"}, 3)
	log.Run.Origin = journal.Origin{Source: "name: grid # a comment\n", File: "/home/x/grid.yaml", Dir: "/home/x"}
	log.Run.Plots = []string{"speedup"}
	log.Trials[40].Status, log.Trials[40].Measurement, log.Trials[40].Error = journal.Failed, nil, "item 3: missing"
	return log
}

// TestPageInABrowser uses the page as a reader does.
func TestPageInABrowser(t *testing.T) {
	url := write(t, grid())
	b := newTab(t)

	b.open(url, 1280, 900)
	is(b, `document.querySelectorAll("tbody tr[data-cell]").length > 72`, true)
	is(b, visible+`.length`, 25)
	eval[any](b, `document.querySelector("#table-0 .more").click()`)
	is(b, visible+`.length`, 73)

	b.run("sorts", func() {
		sort := `document.querySelector('#table-0 th[data-name="mean_seconds"] button').click()`
		means := visible + `.map(r => report.value(report.columns.get("mean_seconds"), Number(r.dataset.cell)))`
		// A long table begins with its fastest cells. A cell without a mean is last.
		speedups := visible + `.map(r => report.value(report.columns.get("speedup"), Number(r.dataset.cell)))`
		is(b, speedups+`.every((x, i, list) => i === 0 || x === null || list[i - 1] >= x)`, true)
		is(b, `document.querySelector('#table-0 [aria-sort]').dataset.name`, "speedup")
		eval[any](b, sort)
		is(b, means+`.every((x, i, list) => i === 0 || x === null || list[i - 1] <= x)`, true)
		is(b, `document.querySelector('#table-0 [aria-sort]').getAttribute("aria-sort")`, "ascending")
		eval[any](b, sort)
		is(b, means+`.every((x, i, list) => i === 0 || x === null || list[i - 1] >= x)`, true)
		is(b, `document.querySelector('#table-0 [aria-sort]').getAttribute("aria-sort")`, "descending")
		// Levels are in the order of the axis: numbers before words.
		eval[any](b, `document.querySelector('#table-0 th[data-name="chunk_size"] button').click()`)
		is(b, `[...new Set(`+visible+`.map(r => r.cells[2].textContent))].join()`, "1,4,16,64,256,auto,")
	})
	b.run("filters", func() {
		const colour = `[...document.querySelectorAll("#view .legend li")].find(e => e.textContent.includes("threads")).querySelector("path").getAttribute("stroke")`
		b.waitFor(`document.querySelectorAll("#view .legend li").length > 1`)
		before := eval[string](b, colour)
		eval[any](b, `document.querySelector('#filter input[value="threads"]').click()`)
		is(b, visible+`.length`, 24)
		is(b, `document.querySelector("#filter output").textContent`, "24 of 73 cells")
		is(b, `location.hash`, "#only.strategy=threads")
		b.waitFor(`document.querySelectorAll("#view .legend li").length === 1`)
		is(b, colour, before)
		eval[any](b, `[...document.querySelectorAll("#filter button")].find(b => b.textContent === "Clear").click()`)
		is(b, visible+`.length`, 73)
	})
	b.run("searches", func() {
		eval[any](b, `document.querySelector("#filter input[type=search]").focus()`)
		b.key("processes workers=8")
		is(b, visible+`.length`, 6)
		eval[any](b, `report.setState("find", "no such cell")`)
		is(b, `[...document.querySelectorAll("p")].filter(p => p.textContent === "No cell matches the filter.").map(p => p.checkVisibility()).join()`, "true")
		eval[any](b, `report.setState("find", "")`)
	})
	b.run("chooses columns", func() {
		eval[any](b, `document.querySelector('#filter input[value="cv"]').click()`)
		eval[any](b, `document.querySelector('#filter input[value="median_seconds"]').click()`)
		is(b, `document.querySelector('#table-0 th[data-name="cv"]').textContent`, "CV")
		is(b, `getComputedStyle(document.querySelector('#table-0 th[data-name="median_seconds"]')).display`, "none")
		is(b, visible+`.every(r => r.lastChild.textContent.endsWith("%") || r.lastChild.textContent === "–")`, true)
	})
	b.run("shows trials", func() {
		eval[any](b, `document.querySelector('#table-0 tr[data-cell="7"] .open').focus()`)
		b.key(kb.Enter)
		b.waitFor(`document.querySelectorAll("#cell svg").length === 2`)
		is(b, `document.querySelectorAll("#cell tbody tr").length`, 3)
		is(b, `document.querySelector("#cell pre").textContent`, "iosweep run grid.yaml --only strategy=threads,workers=2,chunk_size=1")
		b.hasNoBarrier("the trials of a cell")
		b.key(kb.Escape)
		b.waitFor(`!document.getElementById("cell").open`)
		is(b, `document.activeElement.className`, "open")
	})
	b.run("copies", func() {
		eval[any](b, `document.querySelector("#reproduce .copy button").click()`)
		b.waitFor(`["Copied", "Selected"].includes(document.querySelector("#reproduce .copy button").textContent)`)
		is(b, `getSelection().toString().trim()`, "iosweep run grid.yaml")
		eval[any](b, `getSelection().removeAllRanges()`)
	})
	b.run("explores", func() {
		eval[any](b, `(list => { list.value = "mean_seconds"; list.dispatchEvent(new Event("change")); })(document.querySelector("#choices select"))`)
		eval[any](b, `report.setState("panels", "chunk_size")`)
		b.waitFor(`document.querySelectorAll("#view figure").length === 6`)
		hash := eval[string](b, `location.hash`)
		if !strings.Contains(hash, "y=mean_seconds") || !strings.Contains(hash, "panels=chunk_size") {
			t.Errorf("the fragment is %s", hash)
		}
		b.open(url+hash+"&cell=write%2Fstrategy%3Dasync%2Fworkers%3D1%2Fchunk_size%3D1", 1280, 900)
		b.waitFor(`document.querySelectorAll("#view figure").length === 6 && document.getElementById("cell").open`)
		is(b, `document.querySelector("#choices select").value`, "mean_seconds")
		is(b, `document.querySelector('#table-0 th[data-name="cv"]') !== null`, true)
		// A click on a point shows the trials of its cell.
		b.key(kb.Escape)
		b.waitFor(`!document.getElementById("cell").open`)
		b.clickUntil(`document.querySelector("#view figure svg path[stroke][transform]")`, `document.getElementById("cell").open`)
	})
	b.isClean("a wide window")

	b.run("has no barriers", func() {
		for _, w := range []struct {
			width  int64
			scheme string
		}{{1280, "light"}, {390, "dark"}} {
			b.open(url, w.width, 844, &emulation.MediaFeature{Name: "prefers-color-scheme", Value: w.scheme})
			b.waitFor(`document.querySelectorAll("#view svg").length > 0`)
			b.hasNoBarrier(w.scheme)
			if needs := eval[int64](b, `document.documentElement.scrollWidth`); needs > w.width {
				t.Errorf("the page needs %d pixels, but the window has %d", needs, w.width)
			}
		}
		is(b, `[...document.querySelectorAll("#tables .scroll")].every(e => e.scrollWidth <= e.clientWidth)`, true) // the verdict is seen
		b.isClean("other windows")
	})
}

// TestEveryLevelHasItsOwnMark checks the legend of an axis with more levels than colours.
func TestEveryLevelHasItsOwnMark(t *testing.T) {
	var contenders []string
	for i := range 23 {
		contenders = append(contenders, fmt.Sprint("contender-", i))
	}
	b := newTab(t)
	b.open(write(t, analysistest.Grid([]string{"write"}, contenders, []string{"1", "2"}, []string{"1"}, 2)), 1280, 900)
	b.waitFor(`document.querySelectorAll("#view .legend path").length === 24`)
	is(b, `new Set([...document.querySelectorAll("#view .legend path")].map(p => p.getAttribute("d") + p.getAttribute("stroke"))).size`, 24)
}

// TestPageWithNodes checks the section on the nodes of a cluster, in a wide and in a narrow window.
func TestPageWithNodes(t *testing.T) {
	url := write(t, analysistest.Merged(analysistest.Node("n1"), analysistest.OtherNode("n2")))
	b := newTab(t)
	for _, width := range []int64{1280, 390} {
		b.open(url, width, 900)
		b.waitFor(`document.querySelectorAll("#nodes .sort").length > 0`)
		is(b, `document.querySelectorAll("#nodes tbody tr").length`, 6)
		is(b, `document.documentElement.scrollWidth <= innerWidth`, true)
		b.hasNoBarrier(fmt.Sprint("a window of ", width))
	}
	// The times are of the node, not of the cell.
	eval[any](b, `[...document.querySelectorAll("#nodes .sort")].find(e => e.textContent === "mean").click()`)
	is(b, `[...document.querySelectorAll("#nodes table:has([aria-sort]) tbody tr")].map(r => parseFloat(r.cells[4].textContent)).join()`, "2.04,3.43,4.09,4.32")
	eval[any](b, `document.querySelector("#nodes tr[data-cell] .open").click()`)
	b.waitFor(`document.querySelectorAll("#cell svg").length === 2`)
	is(b, `[...document.querySelectorAll("#cell td")].filter(e => e.textContent === "n1").length`, 5)
	b.isClean("the nodes")
}

// TestPageOnPaper checks the style of a printed page: it has no controls, and heads of tables that
// the browser can repeat on the next page. It leaves out the boxes of buttons there.
func TestPageOnPaper(t *testing.T) {
	b := newTab(t)
	b.open(write(t, grid()), 1280, 900, &emulation.MediaFeature{Name: "prefers-color-scheme", Value: "dark"})
	b.do(func() error {
		_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
		return err
	})
	is(b, `[...document.querySelectorAll("nav, select, input, summary, .copy button")].filter(e => e.checkVisibility()).length`, 0)
	is(b, `document.querySelectorAll("thead .sort").length > 10`, true)
	is(b, `[...document.querySelectorAll("thead .sort")].filter(e => e.getClientRects().length > 0).length`, 0)
	is(b, `[...document.querySelectorAll("#table-0 thead th")].every(e => e.innerText !== "" && e.clientWidth > 20)`, true)
	is(b, `getComputedStyle(document.body).backgroundColor`, "rgb(255, 255, 255)")
}

// TestLogarithmicAxes checks that each level of the x axis has its label, and that sizes are powers of 2.
func TestLogarithmicAxes(t *testing.T) {
	log := analysistest.Grid([]string{"write"}, []string{"threads"}, []string{"1", "2", "4", "8", "12", "16", "32", "64"}, []string{"1"}, 2)
	for i := range log.Trials {
		m := *log.Trials[i].Measurement
		m.SumRSS = new(int64(50<<20) << log.Trials[i].Cell)
		log.Trials[i].Measurement = &m
	}
	b := newTab(t)
	b.open(write(t, log)+"#y=sum_rss_bytes", 1280, 900)
	b.waitFor(`document.querySelectorAll("#view figure svg").length === 1`)
	const texts = `[...document.querySelectorAll("#view svg text")].map(e => e.textContent)`
	is(b, `["1", "2", "4", "8", "12", "16", "32", "64"].filter(l => !`+texts+`.includes(l)).join()`, "")
	is(b, texts+`.filter(t => t.endsWith("iB")).length > 2`, true)
	is(b, texts+`.filter(t => t.endsWith("iB") && !Number.isInteger(Math.log2(parseFloat(t)))).join()`, "")
	b.isClean("logarithmic axes")
}

// TestPolicyAllowsOnlyTheScriptsOfThePage adds a script and a picture, and sends a request.
func TestPolicyAllowsOnlyTheScriptsOfThePage(t *testing.T) {
	b := newTab(t)
	b.open(write(t, grid()), 1280, 900)
	is(b, `document.querySelector("meta").httpEquiv`, "Content-Security-Policy")
	is(b, `document.characterSet`, "UTF-8")
	eval[any](b, `document.body.append(Object.assign(document.createElement("script"), {textContent: "window.hacked = 1"}))`)
	is(b, `"hacked" in window`, false)
	is(b, `fetch("data:,x").then(() => "sent", () => "blocked")`, "blocked")
	is(b, `new Promise(done => Object.assign(new Image(), {src: location.href, onload: () => done("shown"), onerror: () => done("blocked")}))`, "blocked")
}

// TestPageWithoutJavaScript opens the page in a browser that runs no script.
func TestPageWithoutJavaScript(t *testing.T) {
	b := newTab(t)
	b.do(func() error {
		_, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	})
	b.open(write(t, grid()), 390, 844)
	is(b, `typeof report`, "undefined")
	is(b, `[...document.querySelectorAll("#table-0 tbody tr")].filter(r => r.checkVisibility()).length`, 73)
	is(b, `document.querySelectorAll("#pictures svg text").length > 10`, true)
	is(b, `[...document.querySelectorAll(".js, button, select, input")].filter(e => e.checkVisibility()).length`, 0)
	b.isClean("a browser without scripts")
}

// TestHostileNamesStayText opens a page whose names try to be markup, scripts and escape sequences.
func TestHostileNamesStayText(t *testing.T) {
	const hostile = "</script><script>window.hacked=1</script><img src=http://x.test/i.png onerror=window.hacked=1>\"'`${window.hacked=1}\u202e\u2066\x1b[2J\x00"
	log := analysistest.Grid([]string{"write"}, []string{"threads"}, []string{"1", "2", "4"}, []string{"1"}, 3)
	run := &log.Run
	run.Title, run.Description, run.Machine.Host, run.Name, run.Overrides = hostile, hostile, hostile, hostile, []string{hostile}
	run.Origin = journal.Origin{Source: hostile + "\nname: " + hostile, File: "/x/" + hostile}
	run.Commands = []journal.Command{{Name: "threads" + hostile, Operation: "write", Run: []string{hostile}}}
	for i := range run.Cells {
		c := &run.Cells[i]
		c.Name += hostile
		c.Levels["strategy"] += hostile
		c.Levels[hostile], c.Custom = hostile+c.Levels["workers"], []string{hostile}
	}
	log.Trials[1].Status, log.Trials[1].Measurement, log.Trials[1].Error = journal.Failed, nil, hostile
	log.Notes = []journal.Note{{Kind: journal.NoteWarning, Text: hostile}}
	node := analysistest.Node(hostile)
	node.Machine.CPUModel, node.Machine.Kernel = hostile, hostile
	run.Nodes = []journal.Node{node, analysistest.Node(hostile + "2")}
	for i := range log.Trials {
		log.Trials[i].Node = run.Nodes[log.Trials[i].Round%2].Name
	}

	b := newTab(t)
	b.open(write(t, log), 1280, 900)
	b.waitFor(`document.querySelectorAll("#view svg").length > 0`)
	eval[any](b, `report.setState("panels", report.axes.at(-1).column)`)
	eval[any](b, `document.querySelector('#table-0 tr[data-cell="1"] .open').click()`)
	b.waitFor(`document.querySelectorAll("#cell svg").length === 2`)
	is(b, `"hacked" in window`, false)
	is(b, `document.querySelectorAll("img").length`, 0)
	is(b, `document.querySelectorAll("script").length`, 7)
	is(b, `/[\u202e\u2066\u001b\u0000]/.test(document.body.innerText)`, false)
	is(b, `document.querySelector("h1").textContent.includes("</script><script>window.hacked=1</script>")`, true)
	is(b, `document.getElementById("cell-name").textContent.includes("<img src=http://x.test/i.png")`, true)
	b.isClean("a hostile run")
}
