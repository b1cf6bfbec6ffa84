import { mount } from "svelte";
import App from "./App.svelte";
import "./design/tokens.css";
import "./design/base.css";
import { connect } from "./ipc/connect";
import { appOn } from "./state/app";

const target = document.getElementById("window");
if (target === null) throw new Error("index.html has no #window");

mount(App, { target, props: { app: appOn(await connect()) } });
