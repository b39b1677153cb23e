package dev.quern.detect;

import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A decoder of YuNet, the face detector of OpenCV, with five key points per face: right eye, left
 * eye, tip of the nose, right and left corner of the mouth, where right and left are those of the
 * person. In the cell in column i and row j of a level with stride s, a face has
 *
 * <ul>
 *   <li>the score {@code sqrt(clip(cls, 0, 1) clip(obj, 0, 1))},
 *   <li>the center {@code (s (i + x), s (j + y))} and the size {@code (s exp(w), s exp(h))}, in
 *       pixels of the input, for the box (x, y, w, h),
 *   <li>the key points {@code (s (i + x), s (j + y))}, with score 1.
 * </ul>
 *
 * The network's input is a BGR image with values from 0 to 255, and its sides are multiples of 32.
 * Wu et al., "YuNet: A Tiny Millisecond-level Face Detector", 2023, as in OpenCV's FaceDetectorYN.
 *
 * @param levels the grids, at least one, in order of increasing cell size
 */
public record YuNet(List<Level> levels) implements BoxDecoder {
  private static final String OP = "yunet";

  /**
   * A grid of H x W cells.
   *
   * @param stride the side of a cell in pixels of the input, at least 1
   * @param scores the name of the output with face scores {@code [H W, 1]}, {@code cls} above
   * @param objectness the name of the output with objectness scores {@code [H W, 1]}, {@code obj}
   *     above
   * @param boxes the name of the output with boxes {@code [H W, 4]}
   * @param keyPoints the name of the output with key points {@code [H W, 10]}
   */
  public record Level(
      int stride, String scores, String objectness, String boxes, String keyPoints) {
    public Level {
      YoloHeads.requireStride(OP, stride);
      Require.present(OP, "scores", scores);
      Require.present(OP, "objectness", objectness);
      Require.present(OP, "boxes", boxes);
      Require.present(OP, "key points", keyPoints);
    }
  }

  public YuNet {
    levels = Require.all(OP, "levels", levels);
    YoloHeads.requireSome(OP, "levels", levels);
  }

  /**
   * Creates a decoder of the outputs in OpenCV's model: {@code cls_8}, {@code obj_8}, {@code
   * bbox_8}, {@code kps_8}, and the same for strides 16 and 32.
   */
  public YuNet() {
    this(Stream.of(8, 16, 32).map(YuNet::level).toList());
  }

  private static Level level(int stride) {
    return new Level(stride, "cls_" + stride, "obj_" + stride, "bbox_" + stride, "kps_" + stride);
  }

  @Override
  public List<String> outputs() {
    return levels.stream()
        .flatMap(l -> Stream.of(l.scores, l.objectness, l.boxes, l.keyPoints))
        .toList();
  }

  Rows rows(Map<String, Raw> outputs, Size input) {
    List<Rows> all = new ArrayList<>();
    levels.forEach(l -> all.add(new LevelRows(l, outputs, input)));
    return new JoinedRows(all, outputs());
  }

  private static final class LevelRows extends AnchorRows {
    private final int stride;
    private final Raw scores;
    private final Raw objectness;

    LevelRows(Level level, Map<String, Raw> outputs, Size input) {
      super(
          level.stride,
          Rows.cells(input, level.stride),
          1,
          Raw.of(outputs, level.boxes),
          Raw.of(outputs, level.keyPoints));
      stride = level.stride;
      scores = single(Raw.of(outputs, level.scores));
      objectness = single(Raw.of(outputs, level.objectness));
    }

    @Override
    public void scores(int row, double[] into) {
      into[0] = Math.sqrt(clipped(scores.at(row)) * clipped(objectness.at(row)));
    }

    private static double clipped(double score) {
      return Math.max(0, Math.min(1, score));
    }

    @Override
    public void box(int row, double[] corners) {
      Rows.centered(
          stride * (column(row) + side(row, 0)),
          stride * (line(row) + side(row, 1)),
          stride * Math.exp(side(row, 2)),
          stride * Math.exp(side(row, 3)),
          corners);
    }
  }
}
