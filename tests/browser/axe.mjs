// What axe finds wrong with a page, in each of the looks that it is asked for.
import axe from "axe-core";

export const RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"];

/** Returns what is wrong in any look, with everything unfolded. */
export async function judge(page, looks) {
  await page.evaluate(() => document.querySelectorAll("details").forEach((part) => (part.open = true)));
  await page.evaluate(axe.source);
  const found = [];
  for (const { theme, width } of looks) {
    await page.emulateMedia({ colorScheme: theme });
    await page.setViewportSize({ width, height: 800 });
    for (const line of await page.evaluate(look, RULES)) found.push(`${theme} ${width} ${line}`);
  }
  return found;
}

/** Runs in the page. */
async function look(rules) {
  const { violations } = await axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary.replace(/\s+/g, " ")}`));
}
