package dev.quern.feed;

import dev.quern.data.RandomNumbers;
import dev.quern.kernel.AugmentKernel;

/**
 * The 14 operations of TrivialAugmentWide and RandAugment, in torchvision's order and with
 * torchvision's strengths.
 */
final class AugmentOperations {
  static final int OPERATIONS = 14;

  /** The largest strength; strengths are integers from 0. */
  static final int STRONGEST = 30;

  private AugmentOperations() {}

  /** The parameters of all operations at the largest strength. */
  private record Most(double shear, double shift, double degrees, double factor, int bits) {}

  static void trivial(RandomNumbers random, StepList to) {
    Most most = new Most(0.99, 32, 135, 0.99, 6);
    int operation = random.below(OPERATIONS);
    int strength = random.below(STRONGEST + 1);
    add(operation, strength, random.chance(0.5), most, most.shift, most.shift, to);
  }

  static void rand(int strength, RandomNumbers random, StepList to) {
    Most most = new Most(0.3, 150 / 331.0, 30, 0.9, 4);
    int operation = random.below(OPERATIONS);
    double x = most.shift * to.width;
    double y = most.shift * to.height;
    add(operation, strength, random.chance(0.5), most, x, y, to);
  }

  private static void add(
      int operation, int bin, boolean negative, Most most, double x, double y, StepList to) {
    double part = (double) bin / STRONGEST;
    double signed = negative ? -part : part;
    double factor = 1 + signed * most.factor;
    double shear = signed * most.shear;
    switch (operation) {
      case 0 -> {} // identity
      case 1 -> to.warp(new double[] {1, shear, shear * to.height / 2, 0, 1, 0, 0, 0, 1}, 0);
      case 2 -> to.warp(new double[] {1, 0, 0, shear, 1, shear * to.width / 2, 0, 0, 1}, 0);
      case 3 -> to.warp(Warps.shift(-(int) (signed * x), 0), 0);
      case 4 -> to.warp(Warps.shift(0, -(int) (signed * y)), 0);
      case 5 -> to.warp(Warps.affine(-signed * most.degrees, 0, 0, 1, 0), 0);
      case 6 -> to.numbers(AugmentKernel.BRIGHTNESS, factor);
      case 7 -> to.numbers(AugmentKernel.SATURATION, factor);
      case 8 -> to.numbers(AugmentKernel.CONTRAST, factor);
      case 9 -> to.numbers(AugmentKernel.SHARPNESS, factor);
      case 10 -> to.posterize(8 - (int) Math.rint(part * most.bits));
      case 11 -> to.numbers(AugmentKernel.SOLARIZE, 1 - part);
      case 12 -> to.numbers(AugmentKernel.AUTOCONTRAST);
      default -> to.numbers(AugmentKernel.EQUALIZE);
    }
  }
}
