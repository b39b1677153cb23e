package app;

import dev.quern.engine.Engine;
import dev.quern.predict.Model;
import dev.quern.serve.BatchingModel;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** Trains when it starts, then answers requests. */
@SpringBootApplication
public class Application {
  public static void main(String[] args) {
    Engine.setThreads(1); // a request computes on its own thread
    SpringApplication.run(Application.class, args);
  }

  @Bean
  Model model() {
    return Model.of(Bars.train());
  }

  /** Closed before the model. */
  @Bean
  BatchingModel batching(Model model) {
    return BatchingModel.builder(model).build();
  }
}
