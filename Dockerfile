# One image for every role: web, workers, clock. The command names the role.
FROM python:3.13-slim AS build
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /opt/alur && /opt/alur/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN /opt/alur/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --uid 1000 --create-home alur && install -d -o alur -g alur -m 700 /var/lib/alur /var/lib/alur-key-safe
COPY --from=build /opt/alur /opt/alur
ENV PATH=/opt/alur/bin:$PATH ALUR_DATA=/var/lib/alur ALUR_HOST=0.0.0.0
USER alur
VOLUME /var/lib/alur /var/lib/alur-key-safe
EXPOSE 8000
ENTRYPOINT ["alur"]
CMD ["serve"]
