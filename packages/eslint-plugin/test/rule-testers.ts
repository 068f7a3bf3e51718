import * as typescriptParser from '@typescript-eslint/parser';
import { type Rule, RuleTester } from 'eslint';
import { RuleTester as RuleTester9 } from 'eslint9';

interface Cases {
  readonly valid: readonly RuleTester.ValidTestCase[];
  readonly invalid: readonly RuleTester.InvalidTestCase[];
}

/** Runs JavaScript cases under both major versions of ESLint and both parsers, and TypeScript cases under its parser. */
export function testRule(name: string, rule: Rule.RuleModule, cases: { javascript: Cases; typescript: Cases }): void {
  const { javascript, typescript } = cases;
  const all = {
    valid: [...javascript.valid, ...typescript.valid],
    invalid: [...javascript.invalid, ...typescript.invalid],
  };
  // The two major versions declare equal but separate types.
  for (const [version, Tester] of [
    ['ESLint 10', RuleTester],
    ['ESLint 9', RuleTester9 as unknown as typeof RuleTester],
  ] as const) {
    describe(`${version}, espree`, () => {
      new Tester().run(name, rule, copyCases(javascript));
    });
    describe(`${version}, TypeScript parser`, () => {
      new Tester({ languageOptions: { parser: typescriptParser } }).run(name, rule, copyCases(all));
    });
  }
}

/** Copies the cases, because a tester marks them and needs mutable arrays. */
function copyCases({ valid, invalid }: Cases): {
  valid: RuleTester.ValidTestCase[];
  invalid: RuleTester.InvalidTestCase[];
} {
  return { valid: valid.map((each) => ({ ...each })), invalid: invalid.map((each) => ({ ...each })) };
}
