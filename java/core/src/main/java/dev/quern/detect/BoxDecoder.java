package dev.quern.detect;

import java.util.List;

/**
 * How a network's outputs say where boxes are. Every row, cell or prior is a candidate: it has a
 * box and a score for each class. Axes of length 1 that an output has in front of those named here
 * do not matter. A candidate whose box or score is not finite, or whose right side is left of its
 * left one, is dropped. Immutable.
 */
public sealed interface BoxDecoder permits DecodedBoxes, SsdBoxes, YoloHeads, YoloRows, PointBoxes {
  /** What is still to be done to make scores of a candidate's outputs. */
  enum Scores {
    /** They are scores already. */
    AS_THEY_ARE,
    /** Each is a logit by itself. */
    SIGMOID,
    /** They are the logits of classes that exclude each other. */
    SOFTMAX;

    /** Of one candidate. */
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

  /** What stands for a background that is none of the classes: there is no such. */
  int NO_BACKGROUND = -1;

  /** The outputs of the network that it reads. */
  List<String> outputs();
}
