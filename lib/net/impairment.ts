/** How a network is made bad on purpose: for each datagram, in each direction. Percentages and milliseconds are whole. */
export interface Impairment {
  /** Percentage that disappears. */
  readonly loss: number;
  /** Milliseconds that each takes longer. */
  readonly delay: number;
  /** Milliseconds of further delay at most, by chance; the order stays. */
  readonly jitter: number;
  /** Percentage that is overtaken by later ones. */
  readonly reorder: number;
  /** Percentage that arrives twice. */
  readonly duplicate: number;
  /** Percentage of which one bit is changed. */
  readonly corrupt: number;
  /** Kilobits (1,000 bits) per second that fit through; 0 for no limit. */
  readonly rate: number;
}

/** A network as it is. */
export const NO_IMPAIRMENT: Impairment = {
  loss: 0,
  delay: 0,
  jitter: 0,
  reorder: 0,
  duplicate: 0,
  corrupt: 0,
  rate: 0,
};
