package dev.quern.io.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.loss.Loss;
import dev.quern.network.Task;
import java.util.List;

/**
 * The conversion of a {@link Task} to and from JSON: the name of its kind, or an object with the
 * kind and other settings.
 */
public final class TaskJson {
  private TaskJson() {}

  /**
   * Reads a task.
   *
   * @param where the task's position, for messages
   */
  public static Task read(String where, JsonNode json) {
    if (json.isTextual()) {
      return new Task(kind(where, json.asText()), List.of(), null, 1);
    }
    JsonFields in = new JsonFields(where, json);
    Task.Kind kind = kind(where, in.text("type"));
    List<String> classes = in.texts("classes", List.of());
    double weight = in.real("weight", 1);
    Loss loss = in.has("loss") ? LossJson.read(where + ": loss", in.node("loss")) : null;
    in.end();
    try {
      return new Task(kind, classes, loss, weight);
    } catch (InvalidArgumentException e) {
      throw in.wrong(e.getMessage());
    }
  }

  private static Task.Kind kind(String where, String text) {
    try {
      return Task.Kind.of(text);
    } catch (InvalidArgumentException e) {
      throw new FormatException(where + ": " + e.getMessage(), e);
    }
  }

  /** Returns the JSON from which {@link #read} creates an equal task. */
  public static JsonNode write(Task task) {
    ObjectNode out = Json.NODES.objectNode().put("type", task.kind().text());
    if (!task.classes().isEmpty()) {
      ArrayNode classes = out.putArray("classes");
      task.classes().forEach(classes::add);
    }
    if (task.weight() != 1) {
      out.put("weight", task.weight());
    }
    if (task.loss() != null) {
      out.set("loss", LossJson.write("task " + task.kind().text(), task.loss()));
    }
    return out.size() == 1 ? out.get("type") : out;
  }
}
