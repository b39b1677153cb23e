package dev.quern.detect;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A decoder of SCRFD, the face detector of InsightFace, with five key points per face: the eyes,
 * the tip of the nose and the corners of the mouth, each pair from left to right in the image. For
 * the cell in column i and row j of a level with stride s, the anchor is the point {@code (s i, s
 * j)}. A face has the sides {@code (s (i - l), s (j - t), s (i + r), s (j + b))} in pixels of the
 * input, for the distances (l, t, r, b), and the key points {@code (s (i + x), s (j + y))} with
 * score 1.
 *
 * <p>The network's input is an RGB image with values {@code (pixel - 127.5) / 128}, for pixels from
 * 0 to 255. Guo et al., "Sample and Computation Redistribution for Efficient Face Detection", 2021,
 * arXiv 2105.04714.
 *
 * @param levels the grids, at least one, in order of increasing cell size
 * @param anchors the number of candidates per cell, from 1 to 100; 2 in InsightFace's models
 */
public record Scrfd(List<Level> levels, int anchors) implements BoxDecoder {
  private static final String OP = "scrfd";

  /** Upper limit of the number of candidates per cell. */
  private static final int LIMIT = 100;

  /**
   * A grid of H x W cells with A candidates each.
   *
   * @param stride the side of a cell in pixels of the input, at least 1
   * @param scores the name of the output with scores {@code [H W A, 1]}
   * @param distances the name of the output with distances {@code [H W A, 4]}, in cells
   * @param keyPoints the name of the output with key points {@code [H W A, 10]}, in cells
   */
  public record Level(int stride, String scores, String distances, String keyPoints) {
    public Level {
      YoloHeads.requireStride(OP, stride);
      Require.present(OP, "scores", scores);
      Require.present(OP, "distances", distances);
      Require.present(OP, "key points", keyPoints);
    }
  }

  /**
   * Checks the arguments.
   *
   * @throws InvalidArgumentException if there is no level, or the number of anchors is outside [1,
   *     100]
   */
  public Scrfd {
    levels = Require.all(OP, "levels", levels);
    YoloHeads.requireSome(OP, "levels", levels);
    requireAnchors(OP, anchors);
  }

  static void requireAnchors(String op, int anchors) {
    if (anchors < 1 || anchors > LIMIT) {
      throw new InvalidArgumentException(
          op + ": anchors " + anchors + " is outside [1, " + LIMIT + "]");
    }
  }

  /**
   * Returns a decoder of InsightFace's models with strides 8, 16 and 32 and two anchors per cell.
   *
   * @param outputs the nine outputs in the order of these models: the scores of each stride, then
   *     the distances of each stride, then the key points of each stride
   * @throws InvalidArgumentException if there are not nine outputs
   */
  public static Scrfd of(List<String> outputs) {
    List<String> all = Require.all(OP, "outputs", outputs);
    if (all.size() != 9) {
      throw new InvalidArgumentException(
          OP
              + ": found "
              + all.size()
              + " outputs, expected 9: scores, distances and key points of strides 8, 16 and 32");
    }
    List<Level> levels = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      levels.add(new Level(8 << i, all.get(i), all.get(3 + i), all.get(6 + i)));
    }
    return new Scrfd(levels, 2);
  }

  @Override
  public List<String> outputs() {
    return levels.stream().flatMap(l -> Stream.of(l.scores, l.distances, l.keyPoints)).toList();
  }

  Rows rows(Map<String, Raw> outputs, Size input) {
    List<Rows> all = new ArrayList<>();
    levels.forEach(l -> all.add(new LevelRows(l, anchors, outputs, input)));
    return new JoinedRows(all, outputs());
  }

  private static final class LevelRows extends AnchorRows {
    private final int stride;
    private final Raw scores;

    LevelRows(Level level, int anchors, Map<String, Raw> outputs, Size input) {
      super(
          level.stride,
          Rows.cells(input, level.stride),
          anchors,
          Raw.of(outputs, level.distances),
          Raw.of(outputs, level.keyPoints));
      stride = level.stride;
      scores = single(Raw.of(outputs, level.scores));
    }

    @Override
    public void scores(int row, double[] into) {
      into[0] = scores.at(row);
    }

    @Override
    public void box(int row, double[] corners) {
      corners[0] = stride * (column(row) - side(row, 0));
      corners[1] = stride * (line(row) - side(row, 1));
      corners[2] = stride * (column(row) + side(row, 2));
      corners[3] = stride * (line(row) + side(row, 3));
    }
  }
}
