/** A picture of a terminal, as SVG: readable on any size and in any place that shows images, and its text is text. */

const size = { font: 13, line: 19, column: 7.83, margin: 20, bar: 36 }

const colors = {
  back: "#16161e",
  bar: "#1f2030",
  text: "#c8cbe0",
  faint: "#787c99",
  strong: "#9ece6a",
  prompt: "#7aa2f7"
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")

const colorOf = (line: string): string =>
  line.startsWith("$ ")
    ? colors.prompt
    : line.startsWith("▶")
    ? colors.strong
    // Headings, and what is known of the request.
    : /^ {2}\S/.test(line)
    ? colors.faint
    : colors.text

/** A command and what it printed. */
export const picture = (command: string, output: ReadonlyArray<string>): string => {
  const lines = [`$ ${command}`, ...output]
  const columns = Math.max(...lines.map((line) => [...line].length))
  const width = Math.ceil(columns * size.column + 2 * size.margin)
  const height = size.bar + lines.length * size.line + 2 * size.margin
  const buttons = ["#f7768e", "#e0af68", "#9ece6a"].map((color, i) =>
    `<circle cx="${size.margin + i * 20}" cy="${size.bar / 2}" r="6" fill="${color}"/>`
  )
  const rows = lines.map((line, i) => {
    const y = size.bar + size.margin + i * size.line + size.font
    return `<text x="${size.margin}" y="${y}" fill="${colorOf(line)}" xml:space="preserve">${escaped(line)}</text>`
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(command)}</title>`,
    `<rect width="100%" height="100%" rx="10" fill="${colors.back}"/>`,
    `<path d="M0 ${size.bar}V10a10 10 0 0 1 10-10H${width - 10}a10 10 0 0 1 10 10V${size.bar}z" fill="${colors.bar}"/>`,
    ...buttons,
    `<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="${size.font}">`,
    ...rows,
    `</g>`,
    `</svg>`,
    ``
  ].join("\n")
}
