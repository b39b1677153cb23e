package dev.quern.plan;

import dev.quern.data.Augmentation;
import dev.quern.data.RandomCrop;
import dev.quern.data.RandomHorizontalFlip;
import dev.quern.internal.Philox;
import dev.quern.internal.Philox.Stream;
import java.util.List;
import org.bytedeco.javacpp.IntPointer;

/**
 * How an epoch's images are moved, drawn by seed, epoch and image. They are cropped first and
 * flipped then, whatever the order in the list: the other order draws from the same distribution.
 */
public record Moves(List<Augmentation> augmentations, long seed, int epoch) {
  /** Numbers an image, as quern_images reads them: down, right, mirrored. */
  static final int NUMBERS = 3;

  /** Writes the numbers of image {@code image} of the data set, at the pointer's position. */
  public void draw(int image, IntPointer to) {
    int down = 0;
    int right = 0;
    int mirrored = 0;
    for (Augmentation a : augmentations) {
      if (a instanceof RandomCrop crop) {
        long bits = Philox.bits(seed, Stream.AUGMENT, epoch, 2L * image);
        down = offset(bits >>> 32, crop.padding());
        right = offset(bits & 0xFFFFFFFFL, crop.padding());
      } else if (a instanceof RandomHorizontalFlip flip) {
        double u = Philox.uniform(seed, Stream.AUGMENT, epoch, 2L * image + 1);
        mirrored = u < flip.p() ? 1 : 0;
      }
    }
    to.put(0, down).put(1, right).put(2, mirrored);
  }

  /** Uniform in [-padding, padding], of 32 random bits. */
  private static int offset(long bits, int padding) {
    return (int) ((bits * (2L * padding + 1)) >>> 32) - padding;
  }
}
