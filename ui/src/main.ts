import { mount } from "svelte";
import App from "./App.svelte";
import "./design/tokens.css";
import "./design/base.css";
import { connect } from "./ipc/connect";
import { appOn } from "./state/app";
import { locale } from "./text";

const target = document.getElementById("window");
if (target === null) throw new Error("index.html has no #window");

document.documentElement.lang = locale;
mount(App, { target, props: { app: appOn(await connect()) } });
