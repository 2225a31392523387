// Ends the output with what tests have to say for themselves (`task.meta.line`: one line for each runtime and suite), and
// the plain line that CI reads: "N passed, N failed, N skipped".
export default class ClosingLineReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 }
    const lines = []
    for (const module of modules) {
      // A file that did not get as far as its tests.
      if (module.state() === "failed") count.failed += module.errors().length
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        count[state === "pending" ? "skipped" : state]++
        const { line } = test.meta()
        if (line !== undefined) lines.push(line)
      }
    }
    lines.push(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
    process.on("exit", () => console.log(lines.join("\n")))
  }
}
