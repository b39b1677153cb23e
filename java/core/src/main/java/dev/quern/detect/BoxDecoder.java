package dev.quern.detect;

import java.util.List;

/**
 * A decoder that converts a network's outputs to boxes. Every row, cell or prior in the outputs is
 * a candidate with a box and a score for each class. Leading axes of length 1 in the shape of an
 * output are ignored. Candidates with a box, score or key point that is not finite, or with
 * negative width or height, are dropped. Immutable.
 */
public sealed interface BoxDecoder
    permits DecodedBoxes,
        SsdBoxes,
        YoloHeads,
        YoloRows,
        YoloPose,
        PointBoxes,
        BlazeFace,
        YuNet,
        Scrfd,
        YoloSeg {
  /** The conversion of a candidate's outputs to scores. */
  enum Scores {
    /** No conversion: the outputs are scores. */
    AS_THEY_ARE,
    /** Each output is an independent logit. */
    SIGMOID,
    /** The outputs are logits of mutually exclusive classes. */
    SOFTMAX;

    /** Converts the outputs of one candidate to scores, in place. */
    void apply(double[] values) {
      if (this == SIGMOID) {
        for (int i = 0; i < values.length; i++) {
          values[i] = Rows.sigmoid(values[i]);
        }
      } else if (this == SOFTMAX) {
        double most = Double.NEGATIVE_INFINITY;
        for (double v : values) {
          most = Math.max(most, v);
        }
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
          values[i] = Math.exp(values[i] - most);
          sum += values[i];
        }
        for (int i = 0; i < values.length; i++) {
          values[i] /= sum;
        }
      }
    }
  }

  /** The background index of decoders without a background class. */
  int NO_BACKGROUND = -1;

  /** Returns the names of the network's outputs that the decoder reads. */
  List<String> outputs();
}
