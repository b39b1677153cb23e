package dev.quern.cli.predict;

import dev.quern.cli.output.JsonText;
import dev.quern.predict.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Answers about a picture as a line of JSON, numbers to the last digit. */
final class AnswerJson {
  private AnswerJson() {}

  /**
   * @param answers by output
   */
  static String of(Path picture, Map<String, Answer> answers) {
    Map<String, Object> outputs = new LinkedHashMap<>();
    answers.forEach((name, answer) -> outputs.put(name, value(answer)));
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("image", picture.toString());
    line.put("outputs", outputs);
    return JsonText.of(line);
  }

  private static Object value(Answer answer) {
    if (answer instanceof Answer.Labels labels) {
      return labels.predictions().stream()
          .map(p -> row("label", p.label(), "class", p.index(), "probability", p.probability()))
          .toList();
    }
    if (answer instanceof Answer.Numbers n) {
      return row("names", n.names(), "values", floats(n.values()));
    }
    if (answer instanceof Answer.PixelClasses p) {
      long[] labels = Arrays.stream(p.labels()).asLongStream().toArray();
      return row("classes", p.classes(), "shape", p.shape().toArray(), "labels", labels);
    }
    Answer.Values v = (Answer.Values) answer;
    return row("shape", v.shape().toArray(), "values", floats(v.values()));
  }

  private static List<Object> floats(float[] values) {
    List<Object> all = new ArrayList<>();
    for (float v : values) {
      all.add(v);
    }
    return all;
  }

  private static Map<String, Object> row(Object... namesAndValues) {
    Map<String, Object> row = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      row.put(namesAndValues[i].toString(), namesAndValues[i + 1]);
    }
    return row;
  }
}
