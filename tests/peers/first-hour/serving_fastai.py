# Serving in fastai 2 with Gradio: a page, and an API for images. Not run here. Written after
# fastai's course (lesson 2, deployment), which serves load_learner and predict with gr.Interface.
import gradio
from fastai.vision.all import *

learn = load_learner("photos/photos.pkl")

def classify(image):
    return dict(zip(learn.dls.vocab, map(float, learn.predict(image)[2])))

gradio.Interface(classify, gradio.Image(), gradio.Label()).launch(server_port=8000)
