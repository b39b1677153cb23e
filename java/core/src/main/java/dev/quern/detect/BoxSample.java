package dev.quern.detect;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Size;
import java.nio.file.Path;
import java.util.List;

/**
 * An image file with its annotated boxes.
 *
 * @param size the size of the image, at least 1x1
 * @param boxes the boxes, in pixels of the image
 */
public record BoxSample(Path file, Size size, List<GroundTruthBox> boxes) {
  public BoxSample {
    Require.present("box sample", "file", file);
    Require.present("box sample", "size", size);
    if (size.height() < 1 || size.width() < 1) {
      throw new InvalidArgumentException("box sample: size " + size + " must be at least 1x1");
    }
    boxes = Require.all("box sample", "boxes", boxes);
  }
}
