package dev.quern.notebook.numpy;

import java.util.List;

/**
 * What the notebook computes on the test batch.
 *
 * @param loss the mean loss
 * @param accuracyPercent the share of images whose most likely class is their label, from 0 to 100
 * @param forwardTranscript the lines that the notebook's {@code model} prints for this batch
 */
public record NotebookEvaluation(
    double loss, double accuracyPercent, List<String> forwardTranscript) {
  public NotebookEvaluation {
    forwardTranscript = List.copyOf(forwardTranscript);
  }
}
