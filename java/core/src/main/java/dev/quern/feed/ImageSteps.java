package dev.quern.feed;

import dev.quern.augment.Augmentation;
import dev.quern.augment.ColorJitter;
import dev.quern.augment.Cutout;
import dev.quern.augment.GaussianBlur;
import dev.quern.augment.GaussianNoise;
import dev.quern.augment.PaddingMode;
import dev.quern.augment.RandAugment;
import dev.quern.augment.RandomAffine;
import dev.quern.augment.RandomCrop;
import dev.quern.augment.RandomErasing;
import dev.quern.augment.RandomGrayscale;
import dev.quern.augment.RandomHorizontalFlip;
import dev.quern.augment.RandomPerspective;
import dev.quern.augment.RandomResizedCrop;
import dev.quern.augment.RandomRotation;
import dev.quern.augment.RandomVerticalFlip;
import dev.quern.augment.TrivialAugment;
import dev.quern.data.RandomNumbers;
import dev.quern.kernel.AugmentKernel;
import dev.quern.kernel.LayoutKernel;

/**
 * Draws the steps of built-in augmentations, with parameters that are distributed as in
 * torchvision.
 */
final class ImageSteps {
  private static final int TRIES = 10;

  private ImageSteps() {}

  /** Returns the maximum number of steps of an augmentation. */
  static int most(Augmentation a) {
    return a instanceof ColorJitter ? 4 : a instanceof RandAugment r ? r.numOps() : 1;
  }

  static void draw(Augmentation a, RandomNumbers random, StepList to) {
    if (a instanceof RandomCrop crop) {
      int down = between(random, -crop.padding(), crop.padding());
      int right = between(random, -crop.padding(), crop.padding());
      to.move(down, right, crop.mode() == PaddingMode.REFLECT);
    } else if (a instanceof RandomHorizontalFlip flip) {
      flip(random.chance(flip.p()), LayoutKernel.MIRRORED, to);
    } else if (a instanceof RandomVerticalFlip flip) {
      flip(random.chance(flip.p()), LayoutKernel.UPSIDE_DOWN, to);
    } else if (a instanceof RandomResizedCrop crop) {
      resizedCrop(crop, random, to);
    } else if (a instanceof RandomRotation r) {
      double angle = random.uniform(-r.degrees(), r.degrees());
      to.warp(Warps.affine(-angle, 0, 0, 1, 0), r.fill());
    } else if (a instanceof RandomAffine affine) {
      affine(affine, random, to);
    } else if (a instanceof RandomPerspective p) {
      if (random.chance(p.p())) {
        to.warp(Warps.perspective(to.height, to.width, corners(p, random, to)), p.fill());
      }
    } else {
      drawColors(a, random, to);
    }
  }

  private static void drawColors(Augmentation a, RandomNumbers random, StepList to) {
    if (a instanceof ColorJitter jitter) {
      jitter(jitter, random, to);
    } else if (a instanceof RandomGrayscale grey) {
      if (random.chance(grey.p())) {
        to.numbers(AugmentKernel.GRAYSCALE);
      }
    } else if (a instanceof GaussianBlur blur) {
      to.blur(blur.kernelSize(), random.uniform(blur.sigmaMin(), blur.sigmaMax()));
    } else if (a instanceof GaussianNoise noise) {
      to.noise(noise.mean(), noise.sigma(), random);
    } else if (a instanceof RandomErasing erasing) {
      if (random.chance(erasing.p())) {
        erase(erasing, random, to);
      }
    } else if (a instanceof Cutout cutout) {
      int length = cutout.length();
      int top = random.below(to.height) - length / 2;
      int left = random.below(to.width) - length / 2;
      to.erase(top, left, length, length, AugmentKernel.ERASE_MEAN, random);
    } else if (a instanceof TrivialAugment) {
      AugmentOperations.trivial(random, to);
    } else if (a instanceof RandAugment r) {
      for (int i = 0; i < r.numOps(); i++) {
        AugmentOperations.rand(r.magnitude(), random, to);
      }
    } else {
      throw new IllegalStateException("unknown augmentation " + a);
    }
  }

  private static void flip(boolean yes, int flag, StepList to) {
    if (yes) {
      to.flip(flag);
    }
  }

  private static int between(RandomNumbers random, int low, int high) {
    return low + random.below(high - low + 1);
  }

  private static double logUniform(RandomNumbers random, double low, double high) {
    return StrictMath.exp(random.uniform(StrictMath.log(low), StrictMath.log(high)));
  }

  private static void resizedCrop(RandomResizedCrop c, RandomNumbers random, StepList to) {
    for (int i = 0; i < TRIES; i++) {
      double area = (double) to.height * to.width * random.uniform(c.scaleMin(), c.scaleMax());
      double ratio = logUniform(random, c.ratioMin(), c.ratioMax());
      long width = Math.round(Math.sqrt(area * ratio));
      long height = Math.round(Math.sqrt(area / ratio));
      if (width > 0 && width <= to.width && height > 0 && height <= to.height) {
        int top = between(random, 0, to.height - (int) height);
        int left = between(random, 0, to.width - (int) width);
        to.crop(top, left, (int) height, (int) width);
        return;
      }
    }
    double ratio = (double) to.width / to.height;
    long width = ratio > c.ratioMax() ? Math.round(to.height * c.ratioMax()) : to.width;
    long height = ratio < c.ratioMin() ? Math.round(to.width / c.ratioMin()) : to.height;
    int columns = (int) Math.max(1, Math.min(width, to.width));
    int rows = (int) Math.max(1, Math.min(height, to.height));
    to.crop((to.height - rows) / 2, (to.width - columns) / 2, rows, columns);
  }

  private static void affine(RandomAffine a, RandomNumbers random, StepList to) {
    double degrees = random.uniform(-a.degrees(), a.degrees());
    double mostX = a.translateX() * to.width;
    double mostY = a.translateY() * to.height;
    double x = Math.rint(random.uniform(-mostX, mostX));
    double y = Math.rint(random.uniform(-mostY, mostY));
    double scale = random.uniform(a.scaleMin(), a.scaleMax());
    double shear = random.uniform(-a.shear(), a.shear());
    to.warp(Warps.affine(degrees, x, y, scale, shear), a.fill());
  }

  private static int[] corners(RandomPerspective p, RandomNumbers random, StepList to) {
    int mostX = (int) (p.distortionScale() * (to.width / 2));
    int mostY = (int) (p.distortionScale() * (to.height / 2));
    int[] corners = new int[8];
    for (int i = 0; i < 4; i++) {
      int x = random.below(mostX + 1);
      int y = random.below(mostY + 1);
      corners[2 * i] = i == 0 || i == 3 ? x : to.width - 1 - x;
      corners[2 * i + 1] = i < 2 ? y : to.height - 1 - y;
    }
    return corners;
  }

  private static void jitter(ColorJitter j, RandomNumbers random, StepList to) {
    int[] order = {0, 1, 2, 3};
    for (int i = 3; i > 0; i--) {
      int other = random.below(i + 1);
      int kept = order[i];
      order[i] = order[other];
      order[other] = kept;
    }
    double[] most = {j.brightness(), j.contrast(), j.saturation(), j.hue()};
    for (int which : order) {
      double m = most[which];
      double drawn = which == 3 ? random.uniform(-m, m) : random.uniform(Math.max(0, 1 - m), 1 + m);
      if (m > 0) {
        to.numbers(AugmentKernel.BRIGHTNESS + which, drawn);
      }
    }
  }

  private static void erase(RandomErasing e, RandomNumbers random, StepList to) {
    int kind =
        switch (e.fill()) {
          case ZERO -> AugmentKernel.ERASE_VALUE;
          case MEAN -> AugmentKernel.ERASE_MEAN;
          case RANDOM -> AugmentKernel.ERASE_NOISE;
        };
    for (int i = 0; i < TRIES; i++) {
      double area = (double) to.height * to.width * random.uniform(e.scaleMin(), e.scaleMax());
      double ratio = logUniform(random, e.ratioMin(), e.ratioMax());
      long height = Math.round(Math.sqrt(area * ratio));
      long width = Math.round(Math.sqrt(area / ratio));
      if (height < to.height && width < to.width) {
        int top = between(random, 0, to.height - (int) height);
        int left = between(random, 0, to.width - (int) width);
        to.erase(top, left, (int) height, (int) width, kind, random);
        return;
      }
    }
  }
}
