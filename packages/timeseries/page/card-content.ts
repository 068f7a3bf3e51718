/** The chart that a card shows. */
export interface CardContent {
  readonly key: string;
  /** The title, if it is not the key. */
  readonly title?: string;
  /** The statistic of each group. Without it the card has the statistics of the kind. */
  readonly statistic?: string;
  /** Tags to group by, of which the first is taken that the key has. */
  readonly groupBy?: readonly string[];
}
