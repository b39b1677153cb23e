package dev.quern.serve;

import dev.quern.data.Image;
import dev.quern.predict.Model;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs the model on a batch of requests of one kind, and splits the results by request. */
final class Predicting {
  private final Model model;

  Predicting(Model model) {
    this.model = model;
  }

  List<?> results(List<Question> questions) {
    Question first = questions.get(0);
    if (first instanceof Question.OfTensors) {
      return outputs(questions.stream().map(Question.OfTensors.class::cast).toList());
    }
    if (first instanceof Question.Searched) {
      return model.detect(questions.stream().map(q -> ((Question.Searched) q).image()).toList());
    }
    List<Image> images = questions.stream().map(q -> ((Question.Predicted) q).image()).toList();
    return model.predictAll(images);
  }

  private List<Map<String, TensorValues>> outputs(List<Question.OfTensors> questions) {
    int samples = questions.stream().mapToInt(Question::samples).sum();
    try (Arena arena = new Arena()) {
      Map<String, Tensor> inputs = new LinkedHashMap<>();
      for (String name : model.network().inputs().keySet()) {
        inputs.put(name, joined(arena, name, questions, samples));
      }
      Map<String, Tensor> outputs = model.predict(inputs);
      List<Map<String, TensorValues>> all = new ArrayList<>();
      questions.forEach(q -> all.add(new LinkedHashMap<>()));
      outputs.forEach((name, output) -> split(name, output, questions, all));
      return all;
    }
  }

  private static Tensor joined(
      Arena arena, String name, List<Question.OfTensors> questions, int samples) {
    Shape sample = questions.get(0).inputs().get(name).shape().sample();
    float[] values = questions.get(0).inputs().get(name).values();
    if (questions.size() > 1) {
      values = new float[Math.toIntExact(sample.batch(samples).elements())];
      int at = 0;
      for (Question.OfTensors q : questions) {
        float[] own = q.inputs().get(name).values();
        System.arraycopy(own, 0, values, at, own.length);
        at += own.length;
      }
    }
    return arena.tensor(sample.batch(samples), values);
  }

  private static void split(
      String name,
      Tensor output,
      List<Question.OfTensors> questions,
      List<Map<String, TensorValues>> all) {
    Shape sample = output.shape().sample();
    float[] values = output.toArray();
    int each = Math.toIntExact(sample.elements());
    int at = 0;
    for (int i = 0; i < questions.size(); i++) {
      int n = questions.get(i).samples();
      float[] own = Arrays.copyOfRange(values, at * each, (at + n) * each);
      all.get(i).put(name, new TensorValues(sample.batch(n), own));
      at += n;
    }
  }
}
