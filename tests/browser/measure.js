// Looks over the page that is open and returns what a reader would see of it. A function, called with nothing.
() => {
  const RTL = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff";
  // What the page has isolated, else a run of right-to-left letters with what stands between them, else a word.
  const TOKENS = new RegExp(`\u2068[^\u2069]*\u2069|[${RTL}](?:[^A-Za-z\u00c0-\u024f\\n]*[${RTL}])?|[^\\s\u2068\u2069${RTL}]+`, "g");
  // A word that fits on a line of the narrowest page has no need to be torn.
  const SHORT = /(?<![^\s(\[“"])\p{L}{2,16}(?![^\s)\].,;:!?”"])/gu;
  const HAS_RTL = new RegExp(`[${RTL}]`);
  const CONTROLS = new Set(["INPUT", "SELECT", "BUTTON", "OPTION"]);
  const width = document.documentElement.clientWidth;

  const visible = (element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true, contentVisibilityAuto: true });
  const shown = [...document.body.querySelectorAll("*")].filter(visible);
  // What is kept for screen readers lies wholly to the left of the page.
  const aside = (element) => {
    const box = element.getBoundingClientRect();
    return box.right <= 0 || (element.parentElement !== null && element.parentElement !== document.body && aside(element.parentElement));
  };
  const seen = shown.filter((element) => !aside(element));
  const told = (element) => {
    const name = element.className ? `.${String(element.className).trim().replace(/\s+/g, ".")}` : "";
    return `${element.tagName.toLowerCase()}${name} "${(element.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, 60)}"`;
  };

  const beyond = new Set(
    seen.filter((element) => {
      const box = element.getBoundingClientRect();
      return box.width > 0 && (box.left < -0.5 || box.right > width + 0.5);
    }),
  );
  // The innermost are the cause.
  const outside = [...beyond].filter((element) => ![...element.children].some((child) => beyond.has(child))).map(told);
  const spilling = seen
    .filter(
      (element) =>
        !CONTROLS.has(element.tagName) &&
        getComputedStyle(element).display !== "inline" &&
        element.clientWidth > 0 &&
        element.scrollWidth > element.clientWidth + 1,
    )
    .map(told);

  // Contrast: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
  const colour = (text) => {
    const match = /^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)$/.exec(text);
    if (!match) throw new Error(`cannot read the colour ${text}`);
    return [+match[1], +match[2], +match[3], match[4] === undefined ? 1 : +match[4]];
  };
  const over = (top, bottom) => [0, 1, 2].map((part) => top[part] * top[3] + bottom[part] * (1 - top[3])).concat(1);
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.backgroundColor = "Canvas";
  const canvas = colour(getComputedStyle(probe).backgroundColor);
  probe.remove();
  const behind = (element) => {
    if (element === null) return canvas;
    const own = colour(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own : over(own, behind(element.parentElement));
  };
  const luminance = (rgb) => {
    const [red, green, blue] = rgb.slice(0, 3).map((part) => {
      const value = part / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (element) => {
    const back = behind(element);
    const [dark, light] = [luminance(back), luminance(over(colour(getComputedStyle(element).color), back))].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const speaking = seen.filter((element) =>
    [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()),
  );
  const contrasts = speaking.map((element) => ({
    who: told(element),
    text: element.textContent.trim().replace(/\s+/g, " "),
    ratio: contrast(element),
  }));

  // Right-to-left text. A block's own text is taken word by word; what has a direction of its own is one word.
  const inline = (element) => getComputedStyle(element).display === "inline";
  const direction = (element) => getComputedStyle(element).direction;
  const rangeOf = (node, match) => {
    const range = document.createRange();
    range.setStart(node, match.index);
    range.setEnd(node, match.index + match[0].length);
    return range;
  };
  const blockOf = (node) => {
    let element = node.parentElement;
    while (inline(element)) element = element.parentElement;
    return element;
  };
  const unmarked = [];
  const torn = [];
  const blocks = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const parent = node.parentElement;
    if (!node.data.trim() || !visible(parent) || aside(parent)) continue;
    for (const match of node.data.matchAll(SHORT)) {
      const boxes = [...rangeOf(node, match).getClientRects()];
      if (boxes.some((box) => box.top >= boxes[0].bottom)) torn.push(`"${match[0]}" in ${told(parent)}`);
    }
    const block = blockOf(node);
    const base = direction(block);
    let alone = null;
    for (let element = parent; element !== block; element = element.parentElement) {
      if (direction(element) !== base || element.tagName === "BDI") alone = element;
    }
    if (HAS_RTL.test(node.data.replace(/\u2068[^\u2069]*\u2069/g, "")) && alone === null && base === "ltr") {
      unmarked.push(told(parent));
    }
    if (!blocks.has(block)) blocks.set(block, []);
    const words = blocks.get(block);
    if (alone !== null) {
      if (words.at(-1)?.alone !== alone) words.push({ text: alone.textContent.trim(), alone, range: alone });
      continue;
    }
    for (const match of node.data.matchAll(TOKENS)) {
      words.push({ text: match[0], alone: null, range: rangeOf(node, match) });
    }
  }
  const reversed = [];
  for (const [block, words] of blocks) {
    if (direction(block) === "rtl" || !words.some((word) => HAS_RTL.test(word.text))) continue;
    const lines = [];
    for (const word of words) {
      for (const box of word.range.getClientRects()) {
        if (box.width === 0) continue;
        const middle = (box.top + box.bottom) / 2;
        let line = lines.find((other) => other.top < middle && middle < other.bottom);
        if (!line) lines.push((line = { top: box.top, bottom: box.bottom, words: [] }));
        const last = line.words.at(-1);
        if (last?.word === word) {
          last.left = Math.min(last.left, box.left);
          last.right = Math.max(last.right, box.right);
        } else {
          line.words.push({ word, left: box.left, right: box.right });
        }
      }
    }
    for (const line of lines) {
      line.words.slice(1).forEach((next, number) => {
        const last = line.words[number];
        if (next.left < last.right - 1) reversed.push(`"${last.word.text}" before "${next.word.text}" in ${told(block)}`);
      });
    }
  }

  return {
    width,
    scroll: document.documentElement.scrollWidth,
    outside,
    spilling,
    torn,
    contrasts,
    unmarked,
    reversed,
    rtl: seen.filter((element) => direction(element) === "rtl").map((element) => element.textContent),
    text: document.body.innerText,
    background: behind(document.body).slice(0, 3),
  };
}
