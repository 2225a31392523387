// Ends the output with what tests have to say for themselves (`task.meta.line`: one line for each runtime and suite), and
// the plain line that CI reads: "N passed, N failed, N skipped".
export default class ClosingLineReporter {
  lines = []
  count = { passed: 0, failed: 0, skipped: 0 }

  onInit() {
    process.on("exit", (code) => {
      // Vitest keeps what fails outside of tests, a set-up for example, from its reporters.
      const { passed, failed, skipped } = this.count
      const line = `${passed} passed, ${code === 0 ? failed : Math.max(1, failed)} failed, ${skipped} skipped`
      console.log([...this.lines, line].join("\n"))
    })
  }

  onTestRunEnd(modules, unhandledErrors) {
    this.lines = []
    this.count = { passed: 0, failed: unhandledErrors.length, skipped: 0 }
    for (const module of modules) {
      // A file that did not get as far as its tests.
      if (module.state() === "failed") this.count.failed += module.errors().length
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        this.count[state === "pending" ? "skipped" : state]++
        const { line } = test.meta()
        if (line !== undefined) this.lines.push(line)
      }
    }
  }
}
