package dev.quern.onnx.lower;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.data.Preprocessing;
import dev.quern.error.FormatException;
import dev.quern.io.json.DetectionJson;
import dev.quern.io.json.Json;
import dev.quern.io.json.PreprocessingJson;
import dev.quern.io.json.TaskJson;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.predict.ModelData;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What Quern's own files say besides: tasks, classes, preprocessing and provenance. */
final class OwnMetadata {
  private static final String PROVENANCE = "provenance.";
  private static final Set<String> OWN = Set.of("tasks", "classes", "detection", "preprocessing");

  private OwnMetadata() {}

  /** The model with what the metadata says, where Quern wrote it. */
  static ModelData applied(ModelData model, Map<String, String> metadata, String source) {
    if (!metadata.getOrDefault("producer", "").startsWith("quern")) {
      return model;
    }
    Network network = model.network();
    String where = "onnx: " + source + ": metadata ";
    Iterator<JsonNode> tasks = object(where, metadata, "tasks").elements();
    for (String output : network.outputs()) {
      if (tasks.hasNext()) {
        Task task = TaskJson.read(where + "tasks", tasks.next());
        network = network.withTask(output, task);
      }
    }
    if (metadata.containsKey("detection")) {
      network =
          network.withDetection(
              DetectionJson.read(where + "detection", object(where, metadata, "detection")));
    }
    Map<String, Preprocessing> preprocessing = new LinkedHashMap<>(model.preprocessing());
    object(where, metadata, "preprocessing")
        .fields()
        .forEachRemaining(
            e ->
                preprocessing.replace(
                    e.getKey(), PreprocessingJson.read(where + "preprocessing", e.getValue())));
    Map<String, String> provenance = new TreeMap<>();
    metadata.forEach(
        (k, v) -> {
          if (k.startsWith(PROVENANCE)) {
            provenance.put(k.substring(PROVENANCE.length()), v);
          }
        });
    provenance.putAll(model.provenance());
    provenance.keySet().removeIf(k -> k.startsWith(PROVENANCE) || OWN.contains(k));
    return new ModelData(network, model.weights(), preprocessing, provenance);
  }

  private static JsonNode object(String where, Map<String, String> metadata, String key) {
    String text = metadata.getOrDefault(key, "{}");
    JsonNode read = Json.read(where + key, text, JsonNode.class);
    if (!read.isObject()) {
      throw new FormatException(where + key + " is not an object");
    }
    return read;
  }
}
