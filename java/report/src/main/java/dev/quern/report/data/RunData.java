package dev.quern.report.data;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The data of a run's report.
 *
 * @param version the version of the JSON format
 * @param facts provenance by name: options, versions, machine, seeds, data
 * @param epochs all epochs of the run
 * @param steps points of the curves, each for one or more consecutive steps; for a resumed run,
 *     only the steps since the run was resumed
 * @param filters images of the first convolution's filters; empty if they cannot be shown as images
 * @param evaluatedOn the name of the evaluated data set; empty without an evaluation
 * @param outputs the evaluation of each output
 * @param activations activation statistics by epoch and layer; empty if not recorded
 * @param times the profile of a training step; null if not measured
 * @param findings likely problems; empty in files of older versions
 */
public record RunData(
    int version,
    String title,
    Map<String, String> facts,
    List<EpochData> epochs,
    List<StepData> steps,
    NetworkData network,
    List<PictureData> filters,
    String evaluatedOn,
    List<OutputData> outputs,
    List<ActivationData> activations,
    @Nullable StepTimeData times,
    List<FindingData> findings) {
  public static final int VERSION = 1;

  public RunData {
    facts = Copies.map(facts);
    epochs = List.copyOf(epochs);
    steps = List.copyOf(steps);
    filters = List.copyOf(filters);
    outputs = List.copyOf(outputs);
    activations = activations == null ? List.of() : List.copyOf(activations); // not in old files
    findings = findings == null ? List.of() : List.copyOf(findings); // not in old files
    if (title == null || network == null || evaluatedOn == null) {
      throw new IllegalArgumentException("title, network or evaluatedOn is missing");
    }
  }

  /** Returns the data of a run for which only the epochs and steps are available. */
  public static RunData ofEpochs(String title, List<EpochData> epochs, List<StepData> steps) {
    return new RunData(
        VERSION,
        title,
        Map.of(),
        epochs,
        steps,
        NetworkData.NONE,
        List.of(),
        "",
        List.of(),
        List.of(),
        null,
        List.of());
  }

  public RunData withTitle(String other) {
    return new RunData(
        version,
        other,
        facts,
        epochs,
        steps,
        network,
        filters,
        evaluatedOn,
        outputs,
        activations,
        times,
        findings);
  }

  /** Returns the final metrics by name, for comparisons. */
  public Map<String, Double> figures() {
    Map<String, Double> all = new LinkedHashMap<>();
    if (!epochs.isEmpty()) {
      EpochData last = epochs.get(epochs.size() - 1);
      all.put("epochs done", (double) epochs.size());
      all.put("train loss", last.loss());
      all.put("train accuracy", last.accuracy());
      last.validation().forEach((name, v) -> all.put("validation " + name, v));
      all.put("seconds", epochs.stream().mapToDouble(EpochData::seconds).sum());
      all.put("images/s", last.imagesPerSecond());
    }
    outputs.forEach(
        o ->
            o.scores()
                .forEach(
                    (name, v) ->
                        all.put(
                            evaluatedOn + " " + (outputs.size() > 1 ? o.name() + " " : "") + name,
                            v)));
    return all;
  }
}
