package dev.quern.pose;

import dev.quern.detect.KeyPoint;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A decoder of heat maps, one for each key point, as in SimpleBaseline, HRNet and ViTPose. The
 * position of the highest value is the key point, and the value is its score; of equal values, the
 * first one by rows counts. The position is then refined between pixels of the map. A key point
 * whose score is not above 0 is not refined.
 *
 * @param output the name of the output {@code [K, H, W]} for K key points; H and W are a quarter of
 *     the input's height and width in most networks
 * @param refinement the refinement of positions
 * @param blur the size of the Gaussian kernel of {@link Refinement#DARK} and {@link
 *     Refinement#UDP}, an odd number from 3 to 99. It should match the Gaussians of training: 11
 *     for a standard deviation of 2 pixels, 17 for 3 pixels
 */
public record HeatMapPose(String output, Refinement refinement, int blur) implements PoseDecoder {
  /** The size of the kernel for heat maps of 64 x 48 pixels. */
  public static final int DEFAULT_BLUR = 11;

  private static final int LARGEST_BLUR = 99;
  private static final String EXPECTED = "[K, H, W]";

  /** The refinement of a position, and the scale from the heat map to the input. */
  public enum Refinement {
    /**
     * A shift by a quarter of a pixel towards the higher neighbor along each axis. A maximum in the
     * first two or the last rows or columns is not shifted. Xiao et al., "Simple Baselines for
     * Human Pose Estimation and Tracking", 2018, arXiv 1804.06208; also the default of HRNet.
     */
    QUARTER_SHIFT,
    /**
     * A second-order Taylor expansion of the logarithm of the blurred heat map. A maximum in the
     * first or last two rows or columns is not refined. Zhang et al., "Distribution-Aware
     * Coordinate Representation for Human Pose Estimation", 2019, arXiv 1910.06278.
     */
    DARK,
    /**
     * Unbiased data processing: a Taylor expansion as in {@link #DARK}, with aligned corners of
     * heat map, input and crop. Used by ViTPose and by HRNet with UDP. Huang et al., "The Devil is
     * in the Details", 2019, arXiv 1911.07524.
     */
    UDP
  }

  /**
   * Checks the arguments.
   *
   * @throws InvalidArgumentException if the kernel's size is even or outside [3, 99]
   */
  public HeatMapPose {
    Require.present("heat map pose", "output", output);
    Require.present("heat map pose", "refinement", refinement);
    if (blur < 3 || blur > LARGEST_BLUR || blur % 2 == 0) {
      throw new InvalidArgumentException(
          "heat map pose: blur " + blur + " must be an odd number from 3 to " + LARGEST_BLUR);
    }
  }

  /** Creates a decoder with a kernel of size 11. */
  public HeatMapPose(String output, Refinement refinement) {
    this(output, refinement, DEFAULT_BLUR);
  }

  /** Creates a decoder with the {@link Refinement#QUARTER_SHIFT} of SimpleBaseline and HRNet. */
  public HeatMapPose(String output) {
    this(output, Refinement.QUARTER_SHIFT);
  }

  @Override
  public List<String> outputs() {
    return List.of(output);
  }

  @Override
  public boolean alignCorners() {
    return refinement == Refinement.UDP;
  }

  /**
   * {@inheritDoc}
   *
   * @throws ShapeException if the output is not {@code [N, K, H, W]}, or a side of the input or of
   *     the maps is 1 for {@link Refinement#UDP}
   */
  @Override
  public List<List<KeyPoint>> keyPoints(Map<String, Tensor> outputs, Size input) {
    Map<String, Tensor> given = Require.all(PoseOutput.OP, "outputs", outputs);
    PoseOutput.requireInput(input);
    PoseOutput maps = PoseOutput.of(given, output, 3, EXPECTED);
    if (alignCorners() && Math.min(maps.dim(1), maps.dim(2)) < 2) {
      throw maps.wrong(EXPECTED + " with H and W of at least 2 for UDP");
    }
    if (alignCorners() && Math.min(input.height(), input.width()) < 2) {
      throw new ShapeException(
          PoseOutput.OP + ": input " + input + " must be at least 2x2 for UDP");
    }
    double across = scale(input.width(), maps.dim(2));
    double down = scale(input.height(), maps.dim(1));
    HeatMapPeak peak = new HeatMapPeak(maps, this);
    List<List<KeyPoint>> all = new ArrayList<>();
    for (int n = 0; n < maps.samples(); n++) {
      List<KeyPoint> points = new ArrayList<>();
      for (int k = 0; k < maps.dim(0); k++) {
        points.add(
            peak.find(n * maps.dim(0) + k)
                ? new KeyPoint(across * peak.x(), down * peak.y(), peak.score())
                : PoseOutput.unknown(input, alignCorners()));
      }
      all.add(List.copyOf(points));
    }
    return List.copyOf(all);
  }

  /** Returns the distance in the input of neighbors in the map. */
  private double scale(int input, int map) {
    return alignCorners() ? (input - 1.0) / (map - 1) : (double) input / map;
  }
}
