package app;

import dev.quern.data.Image;
import dev.quern.error.QuernException;
import dev.quern.predict.LabelScore;
import dev.quern.predict.Model;
import dev.quern.predict.Prediction;
import dev.quern.serve.BatchingModel;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** All threads of the server share one model: each for itself, or requests together as batches. */
@RestController
class Classifier {
  private final Model model;
  private final BatchingModel batching;

  Classifier(Model model, BatchingModel batching) {
    this.model = model;
    this.batching = batching;
  }

  @PostMapping("/classify")
  LabelScore classify(@RequestBody byte[] pixels) {
    return model.classify(pixels, 1).get(0);
  }

  /** No thread waits for the answer. */
  @PostMapping("/together")
  CompletableFuture<LabelScore> together(@RequestBody byte[] pixels) {
    Image image = Image.of(model.network().input(), pixels);
    return batching.predict(image).thenApply(Classifier::best);
  }

  private static LabelScore best(Map<String, Prediction> predictions) {
    return ((Prediction.Labels) predictions.values().iterator().next()).best();
  }

  @ExceptionHandler
  @ResponseStatus(HttpStatus.BAD_REQUEST)
  String refuse(QuernException e) {
    return e.getMessage();
  }
}
