package dev.quern.detect;

import dev.quern.internal.arguments.Require;
import java.util.List;
import java.util.Map;

/**
 * A decoder of boxes and masks (instance segmentation), as in exported YOLOv8-seg and YOLO11-seg
 * models. The first output has the center's x and y, width and height in pixels of the input, then
 * a score for each class, then M mask coefficients in each column. The second output has M
 * prototypes.
 *
 * <p>The mask of a detection is computed as in Ultralytics: the prototypes are summed with the
 * coefficients as weights. The sigmoid of the sum is set to 0 outside the box and interpolated
 * bilinearly, first to the size of the network's input, then to that of the image. Pixels above 0.5
 * belong to the mask. Pixels of the image that are not in the network's input do not. Masks are
 * computed only for boxes that non-maximum suppression keeps.
 *
 * @param output the name of the output {@code [4 + C + M, N]}
 * @param prototypes the name of the output {@code [M, H, W]}; H and W are a quarter of the input's
 *     height and width in these models
 */
public record YoloSeg(String output, String prototypes) implements BoxDecoder {
  public YoloSeg {
    Require.present("yolo seg", "output", output);
    Require.present("yolo seg", "prototypes", prototypes);
  }

  @Override
  public List<String> outputs() {
    return List.of(output, prototypes);
  }

  Rows rows(Map<String, Raw> outputs) {
    Raw masks = Raw.of(outputs, prototypes).last(3, "[M, H, W]");
    int coefficients = masks.dim(0);
    String wanted = "[4 + C + " + coefficients + ", N]";
    Raw raw = Raw.of(outputs, output).last(2, wanted);
    long classes = raw.dim(0) - 4L - coefficients;
    int count = raw.dim(1);
    if (classes < 1) {
      throw raw.wrong(wanted);
    }
    return new Rows() {
      private double at(int row, int column) {
        return raw.at(column * count + row);
      }

      @Override
      public int count() {
        return count;
      }

      @Override
      public int classes() {
        return (int) classes;
      }

      @Override
      public int background() {
        return NO_BACKGROUND;
      }

      @Override
      public void scores(int row, double[] into) {
        for (int c = 0; c < into.length; c++) {
          into[c] = at(row, 4 + c);
        }
      }

      @Override
      public void box(int row, double[] corners) {
        Rows.centered(at(row, 0), at(row, 1), at(row, 2), at(row, 3), corners);
      }

      @Override
      public Raw prototypes() {
        return masks;
      }

      @Override
      public void coefficients(int row, double[] into) {
        for (int m = 0; m < into.length; m++) {
          into[m] = at(row, 4 + (int) classes + m);
        }
      }
    };
  }
}
