/** Whole numbers below a bound. */
export type Random = (below: number) => number

/**
 * A template out of the grammar, mostly sound, with what users write and what they write by mistake. Names
 * are those of `templateNames`, and a few that stand for nothing.
 */
export function generateTemplate(random: Random): string {
  const generator = new TemplateGenerator(random)
  let text = ''
  for (let i = 1 + random(4); i > 0; i -= 1) text += generator.statement(0)
  return random(4) === 0 ? mutate(text, random) : text
}

const signs = [
  '$',
  '$!',
  '${',
  '#',
  '##',
  '\\',
  '\\\\',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  '"',
  "'",
  '.',
  ',',
  ' ',
  '\n',
  '\r\n',
  '\t',
  '#end',
  '#if',
  '#set(',
  '#else',
  '#foreach(',
  '*#',
  '#*',
  ']]#',
  '#[[',
  '!',
  '-',
  '1',
  'a',
  '..',
  ':',
  '=',
  '$a',
  '$.',
  '#stop',
  '#break',
  '@',
  'true',
  'in',
] as const

/** Takes pieces out, doubles them, and puts signs between. */
export function mutate(text: string, random: Random): string {
  let mutated = text
  for (let i = 1 + random(3); i > 0; i -= 1) {
    const at = random(mutated.length + 1)
    const length = random(6)
    const kind = random(3)
    if (kind === 0) mutated = mutated.slice(0, at) + mutated.slice(at + length)
    else if (kind === 1) mutated = mutated.slice(0, at + length) + mutated.slice(at)
    else mutated = mutated.slice(0, at) + (signs[random(signs.length)] ?? '') + mutated.slice(at)
  }
  return mutated
}

const names = [
  'a',
  's',
  'b',
  'l',
  'o',
  'i',
  'big',
  'f',
  't',
  'z',
  'e',
  'em',
  'm',
  'q',
  'v',
  'w',
  'x',
  'nope',
]
const properties = [
  'c',
  'd',
  'n',
  'deep',
  'deep.x',
  'deep.x.y',
  'id',
  'name',
  'tags',
  'empty',
  'key',
  'value',
  'nope',
  'size',
]
const operators = [
  '+',
  '-',
  '*',
  '/',
  '%',
  '==',
  '!=',
  '<',
  '>',
  '<=',
  '>=',
  '&&',
  '||',
  'and',
  'or',
  'eq',
  'ne',
  'lt',
  'gt',
  'le',
  'ge',
]
const regularExpressions = [
  'a',
  '[a-z]+',
  '\\s*,\\s*',
  '(t)(.)',
  '.',
  '',
  'x*',
  '\\b',
  '[^a]',
  'e|t',
  '^s',
  't$',
]
const replacements = ['X', '', '<$0>', '\\\\$', '[$1]']

class TemplateGenerator {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  #pick<Item>(items: readonly Item[]): Item {
    const item = items[this.#random(items.length)]
    if (item === undefined) throw new Error('nothing to pick from')
    return item
  }

  #chance(oneIn: number): boolean {
    return this.#random(oneIn) === 0
  }

  statement(depth: number): string {
    const isDeep = depth > 3
    switch (this.#random(isDeep ? 9 : 22)) {
      case 0:
      case 1:
        return this.#text()
      case 2:
      case 3:
      case 4:
        return this.reference(depth)
      case 5:
      case 6:
        return `#set(${this.#target(depth)} =${this.#pick(['', ' '])}${this.expression(depth)})${this.#space()}`
      case 7:
        return this.#pick([
          '## note',
          '#* note *#',
          '#** note *#',
          '#[[raw $a]]#',
          '##\n',
          '$#* x *#',
          '#**#',
        ])
      case 8:
        return this.#pick([
          '\\$a',
          '\\\\$a',
          '\\$nope',
          '\\#set($x = 1)',
          '\\#if',
          '\\\\#if($t)y#end',
          '$\\!a',
          '\\\\',
          '\\a',
          '$$a',
          '$!$a',
          '\\$!{nope}',
          '\\#own',
          '#a',
          '$ ',
          '$.x',
          '5$',
        ])
      case 9:
      case 10:
      case 11:
        return this.#branches(depth)
      case 12:
      case 13:
      case 14:
        return this.#loop(depth)
      case 15:
        return `#macro(own ${this.#pick(['$p', '$p $r', '', '$p, $r', '$a'])})${this.#body(depth)}#end${this.#space()}`
      case 16:
      case 17:
        return this.#call(depth)
      case 18:
        return `#define($${this.#pick(['w', 'x'])})${this.#body(depth)}#end`
      case 19:
        return `#evaluate(${this.#pick([this.#string(depth + 1), this.reference(depth + 1)])})`
      case 20:
        return `#literal()${this.#body(depth)}#end`
      default:
        return this.#pick([
          '#break',
          '#stop',
          '#break($foreach)',
          '#{if}($t)x#{else}y#{end}',
          '#if($t)#else#end',
        ])
    }
  }

  #space(): string {
    return this.#pick(['', '', '', ' ', '\n', '  \n', '\r\n', '\n  ', '\t'])
  }

  #text(): string {
    return this.#pick([
      'x',
      ' ',
      '\n',
      ', ',
      '{"k": ',
      '}',
      ' - ',
      'a.b',
      ': ',
      '(',
      ')',
      '[',
      ']',
      '"',
      "'",
      '  \n  ',
      '@',
      '1.5',
      '-1',
      '..',
      'true',
    ])
  }

  #body(depth: number): string {
    let text = this.#space()
    for (let i = this.#random(3); i >= 0; i -= 1) text += this.statement(depth + 1)
    return text + this.#space()
  }

  #branches(depth: number): string {
    let text = `#if(${this.expression(depth)})${this.#body(depth)}`
    for (let i = this.#random(3); i > 1; i -= 1)
      text += `#elseif(${this.expression(depth)})${this.#body(depth)}`
    if (this.#chance(2)) text += `${this.#pick(['#else', '#{else}'])}${this.#body(depth)}`
    return `${text}#end${this.#space()}`
  }

  #loop(depth: number): string {
    const name = this.#pick(['v', 'w', 'x', 'a'])
    const list = this.#pick([
      '$l',
      '$o',
      '$b',
      '$b.d',
      '$em',
      '$nope',
      '[1..3]',
      '[3..1]',
      '["p", $a]',
      '{"k": 1, "j": $a}',
      '$b.keySet()',
      '$b.entrySet()',
      '$s.split(" ")',
      '$l.iterator()',
      '$m.values()',
      this.reference(depth + 1),
    ])
    const extra = this.#pick([
      '',
      '',
      '$foreach.index',
      '$foreach.count',
      '$velocityCount',
      '#if($foreach.hasNext),#end',
      '$foreach.last',
      '$foreach.parent.index',
      '$foreach.first',
      '$velocityHasNext',
      '#if($foreach.count == 2)#break#end',
    ])
    return `#foreach($${name} in ${list})$${name}${extra}${this.#body(depth)}#end${this.#space()}`
  }

  #call(depth: number): string {
    const parameters: string[] = []
    for (let i = this.#random(3); i > 0; i -= 1) parameters.push(this.#value(depth + 1))
    const list = parameters.join(this.#pick([' ', ', ', ',']))
    return this.#chance(4)
      ? `#@own(${list})${this.#body(depth)}$!bodyContent#end`
      : `#own(${list})${this.#space()}`
  }

  #target(depth: number): string {
    const name = this.#pick(['v', 'w', 'x', 'a', 'i'])
    return this.#pick([
      `$${name}`,
      `$${name}`,
      `$${name}`,
      `$m.k`,
      `$b["c"]`,
      `$l[0]`,
      `$b.deep.z`,
      `\${${name}}`,
      this.reference(depth + 1),
    ])
  }

  reference(depth: number): string {
    const path = this.#pick(names) + this.#accesses(depth)
    return this.#pick([`$${path}`, `$${path}`, `\${${path}}`, `$!${path}`, `$!{${path}}`])
  }

  #accesses(depth: number): string {
    let text = ''
    for (let i = this.#random(3); i > 0; i -= 1) {
      const kind = this.#random(4)
      if (kind === 0) text += `.${this.#pick(properties)}`
      else if (kind === 1) text += `[${this.#pick(['0', '1', '-1', '"c"', '$i', "'id'", '9'])}]`
      else text += `.${this.#method(depth)}`
    }
    return text
  }

  #method(depth: number): string {
    const value = () => this.#value(depth + 1)
    switch (this.#random(34)) {
      case 0:
        return 'size()'
      case 1:
        return 'length()'
      case 2:
        return 'toString()'
      case 3:
        return `substring(${this.#random(4)})`
      case 4:
        return `substring(${this.#random(2)}, ${this.#random(5)})`
      case 5:
        return `indexOf(${value()})`
      case 6:
        return `replace("${this.#pick(['a', 't', ' '])}", "${this.#pick(['X', '', 'yy'])}")`
      case 7:
        return `replaceAll('${this.#pick(regularExpressions)}', '${this.#pick(replacements)}')`
      case 8:
        return `split('${this.#pick(regularExpressions)}')`
      case 9:
        return `equals(${value()})`
      case 10:
        return `contains(${value()})`
      case 11:
        return `get(${value()})`
      case 12:
        return `put(${value()}, ${value()})`
      case 13:
        return `add(${value()})`
      case 14:
        return 'keySet()'
      case 15:
        return 'values()'
      case 16:
        return 'isEmpty()'
      case 17:
        return 'toUpperCase()'
      case 18:
        return 'trim()'
      case 19:
        return `concat(${value()})`
      case 20:
        return `charAt(${this.#random(3)})`
      case 21:
        return `startsWith(${value()})`
      case 22:
        return `lastIndexOf(${value()})`
      case 23:
        return `containsKey(${value()})`
      case 24:
        return `remove(${value()})`
      case 25:
        return `intValue()`
      case 26:
        return `compareTo(${value()})`
      case 27:
        return `matches('${this.#pick(regularExpressions)}')`
      case 28:
        return `addAll(${value()})`
      case 29:
        return `subList(0, ${this.#random(3)})`
      case 30:
        return `equalsIgnoreCase(${value()})`
      case 31:
        return `format('%s|%5s|%-4s|%d', ${value()}, ${value()}, ${value()}, ${value()})`
      case 32:
        return `parseInt(${value()})`
      default:
        return `replaceFirst('${this.#pick(regularExpressions)}', '${this.#pick(replacements)}')`
    }
  }

  #string(depth: number): string {
    if (this.#chance(3)) return `'${this.#pick(['x', '', 'a b', '$a', "it''s", '#if', '1', 'A'])}'`
    const inner =
      depth > 3 || this.#chance(2)
        ? this.#pick(['x', '', 'c', 'p q', '5', '\\n', '#', '$', 'a""b', '\\u0041', '##c', 'A'])
        : this.statement(3)
    return `"${inner.replaceAll(/(?<!")"(?!")/g, '""')}"`
  }

  #number(): string {
    return this.#pick([
      '0',
      '1',
      '2',
      '-3',
      '10',
      '2147483647',
      '-2147483648',
      '9223372036854775807',
      '1.5',
      '.25',
      '1e3',
      '100.0',
      '12345678901234567890',
      '0.001',
      '7.',
    ])
  }

  #value(depth: number): string {
    const isDeep = depth > 4
    switch (this.#random(isDeep ? 6 : 9)) {
      case 0:
        return this.#number()
      case 1:
      case 2:
        return isDeep ? '"x"' : this.#string(depth + 1)
      case 3:
        return this.#pick(['true', 'false'])
      case 4:
      case 5:
        return isDeep ? `$${this.#pick(names)}` : this.reference(depth + 1)
      case 6:
        return `[${this.#pick(['1', '$i', '-1'])}..${this.#pick(['3', '$i', ' 2 '])}]`
      case 7:
        return `[${this.#value(depth + 1)}, ${this.#value(depth + 1)}]`
      default:
        return `{${this.#value(depth + 1)}: ${this.#value(depth + 1)}}`
    }
  }

  expression(depth: number): string {
    switch (this.#random(depth > 3 ? 3 : 7)) {
      case 0:
      case 1:
      case 2:
        return this.#value(depth)
      case 3:
        return `${this.#pick(['!', 'not '])}${this.expression(depth + 1)}`
      case 4:
        return `(${this.expression(depth + 1)})`
      default:
        return `${this.expression(depth + 1)} ${this.#pick(operators)} ${this.expression(depth + 1)}`
    }
  }
}
