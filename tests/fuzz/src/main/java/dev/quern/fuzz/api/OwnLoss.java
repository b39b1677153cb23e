package dev.quern.fuzz.api;

import dev.quern.loss.CustomLoss;

/**
 * A loss of the user's own: the mean of squares, of which some calls throw or tell what is no
 * gradient.
 *
 * @param type as a built-in one's, at times
 * @param rarity one call in so many goes wrong; 0 for none
 */
record OwnLoss(String type, int rarity) implements CustomLoss {
  @Override
  public double loss(Pass pass) {
    double sum = 0;
    int n = pass.outputs().length;
    for (int i = 0; i < n; i++) {
      double e = pass.outputs()[i] - pass.targets()[i];
      sum += e * e;
      pass.gradient()[i] = 2 * e / n;
    }
    if (rarity > 0 && Math.floorMod(Double.hashCode(sum), rarity) == 0) {
      return goesWrong(pass);
    }
    return n == 0 ? 0 : sum / n;
  }

  /** By one number or another, so that the same call always does the same. */
  private static double goesWrong(Pass pass) {
    if (pass.samples() % 2 == 0) {
      throw new Thrown.Unchecked(true);
    }
    if (pass.gradient().length > 0) {
      pass.gradient()[0] = Double.NaN;
    }
    return 1;
  }
}
