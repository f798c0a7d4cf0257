package html_test

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	goruntime "runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"iosweep/journal"
	"iosweep/reports"
)

// axe checks a page for barriers.
//
//go:embed testdata/axe.min.js
var axe string

// page returns the report that this package writes.
func page() reports.Report {
	return reports.All[slices.IndexFunc(reports.All, func(r reports.Report) bool { return r.Name == "report.html" })]
}

// write writes report.html of a run and returns its address.
func write(t testing.TB, log *journal.Log) string {
	t.Helper()
	content := reports.New(log)
	content.Draw()
	var b bytes.Buffer
	if err := page().Write(&b, content); err != nil {
		t.Fatal(err)
	}
	return store(t, b.Bytes())
}

// store writes a page to a file and returns its address.
func store(t testing.TB, page []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(path, page, 0o644); err != nil {
		t.Fatal(err)
	}
	return "file://" + path
}

// A tab is a tab of the browser. It records everything that a page must not do.
type tab struct {
	t   testing.TB
	ctx context.Context

	mu       sync.Mutex
	problems []string
}

// newTab starts a browser with one tab.
func newTab(t testing.TB) *tab {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		if goruntime.GOOS == "linux" {
			t.Fatal("chromium is not installed: make tools installs it")
		}
		t.Skip(err)
	}
	options := chromedp.DefaultExecAllocatorOptions[:]
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 5*time.Minute)
	t.Cleanup(cancel)
	b := &tab{t: t, ctx: ctx}
	b.do(func() error { return chromedp.Do(ctx) })
	b.do(func() error { return chromedp.Listen(ctx, b.listen) })
	b.do(func() error { _, err := chromedp.Call(ctx, log.Enable, struct{}{}); return err })
	b.do(func() error {
		_, err := chromedp.Call(ctx, network.Enable, network.EnableParams{})
		return err
	})
	return b
}

func (b *tab) do(f func() error) {
	b.t.Helper()
	if err := f(); err != nil {
		b.t.Fatal(err)
	}
}

// listen records exceptions, messages of the console, violations of the policy, and requests.
func (b *tab) listen(event any) {
	problem := ""
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		problem = "exception: " + e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			problem += " " + e.ExceptionDetails.Exception.Description
		}
	case *runtime.EventConsoleAPICalled:
		problem = fmt.Sprintf("message on the console: %s %v", e.Type, e.Args)
	case *log.EventEntryAdded:
		problem = fmt.Sprintf("%s: %s", e.Entry.Level, e.Entry.Text)
	case *network.EventRequestWillBeSent:
		if url := e.Request.URL; e.Type != network.ResourceTypeDocument && !strings.HasPrefix(url, "data:") {
			problem = "request: " + url
		}
	}
	if problem != "" {
		b.mu.Lock()
		b.problems = append(b.problems, problem)
		b.mu.Unlock()
	}
}

// open opens a page in a window of this size.
func (b *tab) open(url string, width, height int64, features ...*emulation.MediaFeature) {
	b.t.Helper()
	b.do(func() error {
		_, err := chromedp.Call(b.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1, Mobile: width < 500})
		return err
	})
	b.do(func() error {
		_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features})
		return err
	})
	// A new fragment alone does not load a page again.
	b.do(func() error { return chromedp.Do(b.ctx, chromedp.Navigate("about:blank"), chromedp.Navigate(url)) })
}

// eval evaluates JavaScript in the page. The expression can be a promise.
func eval[T any](b *tab, script string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatalf("%s: %v", script, err)
	}
	return v
}

// is fails the test if an expression does not have a value.
func is[T comparable](b *tab, script string, want T) {
	b.t.Helper()
	if got := eval[T](b, script); got != want {
		b.t.Errorf("%s is %v, want %v", script, got, want)
	}
}

// waitFor waits until an expression is true.
func (b *tab) waitFor(script string) {
	b.t.Helper()
	for range 600 {
		// The page may be replaced while it is asked.
		if done, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](script)); err == nil && done {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	b.isClean(script)
	b.t.Fatalf("%s does not become true", script)
}

// clickUntil clicks the middle of an element until a condition is true. A picture selects its nearest
// point in the frame after the move of the mouse, and a picture that is drawn again loses its selection.
func (b *tab) clickUntil(element, condition string) {
	b.t.Helper()
	for range 100 {
		at := eval[[2]float64](b, `(e => { e.scrollIntoView({block: "center"}); const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })(`+element+`)`)
		b.do(func() error {
			return chromedp.Do(b.ctx, chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, at[0], at[1]))
		})
		eval[any](b, `new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))`)
		b.do(func() error { return chromedp.Do(b.ctx, chromedp.MouseClickXY(at[0], at[1])) })
		if eval[bool](b, condition) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	b.isClean(condition)
	b.t.Fatalf("%s does not become true by clicks", condition)
}

// run runs a subtest.
func (b *tab) run(name string, f func()) {
	whole := b.t
	defer func() { b.t = whole }()
	whole.(*testing.T).Run(name, func(t *testing.T) {
		b.t = t
		f()
	})
}

// key presses a key.
func (b *tab) key(keys string) {
	b.t.Helper()
	b.do(func() error { return chromedp.Do(b.ctx, chromedp.KeyEvent(keys)) })
}

// isClean fails the test if the page did something that it must not do.
func (b *tab) isClean(what string) {
	b.t.Helper()
	b.mu.Lock()
	for _, p := range b.problems {
		b.t.Errorf("%s: %s", what, p)
	}
	b.problems = nil
	b.mu.Unlock()
}

// hasNoBarrier fails the test if axe-core finds a violation in the page.
func (b *tab) hasNoBarrier(what string) {
	b.t.Helper()
	if !eval[bool](b, "'axe' in window") {
		eval[any](b, axe+";0")
	}
	violations := eval[[]string](b, `axe.run({resultTypes: ["violations"]}).then(r => r.violations.map(v => v.id + ": " + v.help + ": " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + " " + n.failureSummary).join(" | ")))`)
	for _, v := range violations {
		b.t.Errorf("%s: %s", what, v)
	}
}
