/**
 * Model serving: dynamic batching of concurrent requests, over HTTP or from Java.
 *
 * <pre>{@code
 * try (Model model = Model.load(file);
 *     BatchingModel serving = BatchingModel.builder(model).build()) {
 *   CompletableFuture<Map<String, Prediction>> prediction = serving.predict(Image.read(imageFile));
 * }
 * }</pre>
 */
@org.jspecify.annotations.NullMarked
package dev.quern.serve;
