import * as typescriptParser from '@typescript-eslint/parser';
import { type Rule, RuleTester } from 'eslint';
import { RuleTester as RuleTester9 } from 'eslint9';

interface Cases {
  readonly valid: readonly RuleTester.ValidTestCase[];
  readonly invalid: readonly RuleTester.InvalidTestCase[];
}

/** Runs cases in JavaScript under both majors of ESLint and both parsers; those in TypeScript under its parser. */
export function testRule(name: string, rule: Rule.RuleModule, cases: { javascript: Cases; typescript: Cases }): void {
  const { javascript, typescript } = cases;
  const all = {
    valid: [...javascript.valid, ...typescript.valid],
    invalid: [...javascript.invalid, ...typescript.invalid],
  };
  // The two majors declare equal types of their own.
  for (const [version, Tester] of [
    ['ESLint 10', RuleTester],
    ['ESLint 9', RuleTester9 as unknown as typeof RuleTester],
  ] as const) {
    describe(`${version}, espree`, () => {
      new Tester().run(name, rule, copyOf(javascript));
    });
    describe(`${version}, TypeScript parser`, () => {
      new Tester({ languageOptions: { parser: typescriptParser } }).run(name, rule, copyOf(all));
    });
  }
}

/** A tester's run marks its cases and takes mutable arrays. */
function copyOf({ valid, invalid }: Cases): {
  valid: RuleTester.ValidTestCase[];
  invalid: RuleTester.InvalidTestCase[];
} {
  return { valid: valid.map((each) => ({ ...each })), invalid: invalid.map((each) => ({ ...each })) };
}
