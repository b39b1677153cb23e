package dev.quern.feed;

import dev.quern.augment.AlternatingFlip;
import dev.quern.augment.Augmentation;
import dev.quern.augment.CustomAugmentation;
import dev.quern.augment.PaddingMode;
import dev.quern.augment.RandomCrop;
import dev.quern.augment.RandomHorizontalFlip;
import dev.quern.data.RandomNumbers;
import dev.quern.internal.Philox;
import dev.quern.internal.Philox.Stream;
import dev.quern.internal.arguments.UserCode;
import dev.quern.kernel.LayoutKernel;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.bytedeco.javacpp.IntPointer;

/**
 * The augmentation of an epoch's images, determined by seed, epoch and image. Custom augmentations
 * are applied first. If the only built-in augmentations are at most one crop and at most one
 * horizontal flip, they are applied as one operation, a shift with a flip, since the order of crop
 * and flip does not change the distribution. Otherwise, the built-in augmentations are applied one
 * after another, as a list of steps.
 */
public record EpochAugmentation(List<Augmentation> augmentations, long seed, int epoch) {
  /** The number of integers of a shift with flips for quern_images: down, right, flags. */
  public static final int NUMBERS = 3;

  /** The epoch number of draws that are the same in all epochs; epochs count from 1. */
  private static final int NO_EPOCH = 0;

  /** Returns whether any augmentation is built in. */
  public boolean areNative() {
    return augmentations.stream().anyMatch(a -> !(a instanceof CustomAugmentation));
  }

  /**
   * Returns whether built-in augmentations are applied as steps rather than as one shift with
   * flips.
   */
  boolean areSteps() {
    Set<Class<?>> kinds = new HashSet<>();
    for (Augmentation a : augmentations) {
      boolean moves =
          a instanceof RandomCrop
              || a instanceof RandomHorizontalFlip
              || a instanceof AlternatingFlip;
      if (!(a instanceof CustomAugmentation) && !(moves && kinds.add(a.getClass()))) {
        return true; // two of one kind draw random numbers independently
      }
    }
    return false;
  }

  /** Writes the augmentation of an image as steps, even if it is only a shift with flips. */
  public void steps(int image, StepList to) {
    if (areSteps()) {
      draw(image, to);
    } else {
      to.moved(move(image));
    }
  }

  /** Returns the maximum number of augmentation steps of an image. */
  public int mostSteps() {
    int most = 0;
    for (Augmentation a : augmentations) {
      most += a instanceof CustomAugmentation ? 0 : ImageSteps.most(a);
    }
    return most;
  }

  /** Draws the augmentation steps of an image and writes them. */
  public void draw(int image, StepList to) {
    for (int place = 0; place < augmentations.size(); place++) {
      Augmentation a = augmentations.get(place);
      if (a instanceof AlternatingFlip) {
        if (isMirroredNow(image)) {
          to.flip(LayoutKernel.MIRRORED);
        }
      } else if (!(a instanceof CustomAugmentation)) {
        long key = Philox.bits(seed, Stream.AUGMENT, place, -2); // no other use has this key
        ImageSteps.draw(a, RandomNumbers.of(key, epoch, image), to);
      }
    }
  }

  /** Returns whether {@link AlternatingFlip} mirrors an image in this epoch. */
  private boolean isMirroredNow(int image) {
    return ((Philox.bits(seed, Stream.AUGMENT, NO_EPOCH, 2L * image + 1) + epoch) & 1) == 1;
  }

  /**
   * Applies the custom augmentations to an image or its target, each with its own random numbers.
   *
   * @throws dev.quern.error.UserCodeException if a custom augmentation throws
   */
  void own(int image, BiConsumer<CustomAugmentation, RandomNumbers> change) {
    int place = 0;
    for (Augmentation a : augmentations) {
      if (a instanceof CustomAugmentation own) {
        long key = Philox.bits(seed, Stream.AUGMENT, place++, -1); // no other use has this key
        UserCode.call(
            "augmentation: " + own.getClass().getName() + " of sample " + image,
            () -> change.accept(own, RandomNumbers.of(key, epoch, image)));
      }
    }
  }

  /** Draws an image's shift and flips, and writes them at the pointer's position. */
  public void draw(int image, IntPointer to) {
    to.put(move(image), 0, NUMBERS);
  }

  /** Returns an image's shift and flips: pixels down, pixels right, and flags. */
  private int[] move(int image) {
    int down = 0;
    int right = 0;
    int how = 0;
    for (Augmentation a : augmentations) {
      if (a instanceof RandomCrop crop) {
        long bits = Philox.bits(seed, Stream.AUGMENT, epoch, 2L * image);
        down = offset(bits >>> 32, crop.padding());
        right = offset(bits & 0xFFFFFFFFL, crop.padding());
        how |= crop.mode() == PaddingMode.REFLECT ? LayoutKernel.REFLECT : 0;
      } else if (a instanceof RandomHorizontalFlip flip) {
        double u = Philox.uniform(seed, Stream.AUGMENT, epoch, 2L * image + 1);
        how ^= u < flip.p() ? LayoutKernel.MIRRORED : 0;
      } else if (a instanceof AlternatingFlip) {
        how ^= isMirroredNow(image) ? LayoutKernel.MIRRORED : 0;
      }
    }
    return new int[] {down, right, how};
  }

  /** Returns a uniform draw from [-padding, padding], computed from 32 random bits. */
  private static int offset(long bits, int padding) {
    return (int) ((bits * (2L * padding + 1)) >>> 32) - padding;
  }
}
