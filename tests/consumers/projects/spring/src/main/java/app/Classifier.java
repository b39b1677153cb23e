package app;

import dev.quern.error.QuernException;
import dev.quern.predict.Model;
import dev.quern.predict.Prediction;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** All threads of the server share one model. */
@RestController
class Classifier {
  private final Model model;

  Classifier(Model model) {
    this.model = model;
  }

  @PostMapping("/classify")
  Prediction classify(@RequestBody byte[] pixels) {
    return model.classify(pixels, 1).get(0);
  }

  @ExceptionHandler
  @ResponseStatus(HttpStatus.BAD_REQUEST)
  String refuse(QuernException e) {
    return e.getMessage();
  }
}
