package dev.quern.serve;

import dev.quern.network.Network;
import dev.quern.predict.ModelData;
import dev.quern.serve.http.Log;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A deployed model with its name and version. */
record Deployment(String name, int version, BatchingModel batching) {

  /**
   * Rejects new requests and completes pending ones; the last thread that uses the model then
   * closes it. Returns immediately.
   */
  void end() {
    batching.end(this::closeModel);
  }

  private void closeModel() {
    try {
      batching.model().closeWhenFree();
    } catch (RuntimeException | Error e) {
      Log.warn("serve: model " + name + " could not be closed", e);
    }
  }

  /** Returns the name of the model's task, for example {@code single_label}. */
  String task() {
    Network network = batching.network();
    return network.detection() != null ? "detection" : network.task().kind().text();
  }

  /**
   * Returns the fraction of each class among the training samples; empty if the model file does not
   * contain the class counts.
   */
  Map<String, Double> trainingShares() {
    ModelData data = batching.model().data();
    List<String> classes = data.classes();
    String[] counts = data.provenance().getOrDefault(ModelData.CLASS_COUNTS, "").split(",");
    if (counts.length != classes.size()) {
      return Map.of();
    }
    Map<String, Double> shares = new LinkedHashMap<>();
    try {
      double all = 0;
      for (int i = 0; i < counts.length; i++) {
        double count = Long.parseUnsignedLong(counts[i].trim());
        shares.put(classes.get(i), count);
        all += count;
      }
      double sum = all;
      shares.replaceAll((label, count) -> count / sum);
      return all > 0 ? shares : Map.of();
    } catch (NumberFormatException e) {
      return Map.of(); // the value is free text
    }
  }
}
